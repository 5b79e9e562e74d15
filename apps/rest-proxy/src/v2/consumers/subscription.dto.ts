import { IsOptional, Matches } from 'class-validator';
import { JsonField } from '../../http/json-field.ts';

/** Body of POST subscription. */
export class SubscriptionDto {
  /** Wins over the pattern. */
  @JsonField(['string'])
  @Matches(/\S/, { each: true, message: 'must not hold a blank name' })
  @IsOptional()
  readonly topics?: readonly string[];

  @JsonField('string')
  readonly topic_pattern?: string;
}
