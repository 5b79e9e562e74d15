import { IsOptional, ValidateNested } from 'class-validator';
import { JsonEnum, JsonRequired } from '../../http/json-checks.ts';
import { JsonField } from '../../http/json-field.ts';

/** Body of PUT of one entry. */
export class UpdateConfigDto {
  @JsonField('string')
  readonly value?: string;
}

export class AlterEntryDto {
  @JsonField('string')
  @JsonRequired('AlterEntry')
  readonly name!: string;

  @JsonField('string')
  readonly value?: string;

  /** SET when absent. */
  @JsonField('string')
  @JsonEnum('AlterOperation', ['SET', 'DELETE'])
  readonly operation?: 'SET' | 'DELETE';
}

/** Body of `configs:alter`. */
export class AlterConfigsDto {
  @JsonField([() => AlterEntryDto])
  @JsonRequired('AlterConfigBatchRequestData')
  @ValidateNested({ each: true })
  readonly data!: readonly AlterEntryDto[];

  /** Topics only; without meaning for brokers, as in the original. */
  @JsonField('boolean')
  @IsOptional()
  readonly validate_only?: boolean;
}

export class TopicAlterEntryDto {
  @JsonField('string')
  @JsonRequired('TopicAlterEntry')
  readonly topic_name!: string;

  @JsonField([() => AlterEntryDto])
  @JsonRequired('TopicAlterEntry')
  @ValidateNested({ each: true })
  readonly configs!: readonly AlterEntryDto[];
}

/** Body of `topics/-/configs:alter`. */
export class AlterTopicsConfigsDto {
  @JsonField([() => TopicAlterEntryDto])
  @JsonRequired('AlterMultipleTopicsConfigsBatchRequestData')
  @ValidateNested({ each: true })
  readonly data!: readonly TopicAlterEntryDto[];

  @JsonField('boolean')
  @IsOptional()
  readonly validate_only?: boolean;
}
