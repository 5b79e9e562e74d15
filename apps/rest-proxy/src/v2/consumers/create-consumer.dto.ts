import { JsonField } from '../../http/json-field.ts';

/** Body of POST /consumers/{group}; all of it is optional. */
export class CreateConsumerDto {
  /** Wins over `name`. */
  @JsonField('string')
  readonly id?: string;

  @JsonField('string')
  readonly name?: string;

  @JsonField('string')
  readonly format?: string;

  @JsonField('string')
  readonly 'auto.offset.reset'?: string;

  @JsonField('string')
  readonly 'auto.commit.enable'?: string;

  @JsonField('integer', { alias: 'responseMinBytes' })
  readonly 'fetch.min.bytes'?: number;

  @JsonField('integer', { alias: 'requestWaitMs' })
  readonly 'consumer.request.timeout.ms'?: number;
}
