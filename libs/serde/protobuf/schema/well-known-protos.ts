/**
 * The files that may be imported without a reference, as with Confluent's registry. Those that have nothing but custom
 * options in them, or what describes schemas, are not here: what is imported and not found is passed over as long as
 * all types are known.
 */
export function wellKnownProto(path: string): string | undefined {
  const types = texts.get(path);
  return types === undefined ? undefined : `syntax = "proto3"; ${types}`;
}

const numbered = (type: string, names: string, first = 1): string =>
  names
    .split(' ')
    .map((name, index) => `${type} ${name} = ${first + index};`)
    .join(' ');

const wrapper = (name: string, type: string): string => `message ${name} { ${type} value = 1; }`;

const googleType = (name: string, types: string, imported = ''): readonly [string, string] => [
  `google/type/${name}.proto`,
  `package google.type; ${imported === '' ? '' : `import "google/protobuf/${imported}.proto";`} ${types}`,
];

const googleProtobuf = (name: string, types: string): readonly [string, string] => [
  `google/protobuf/${name}.proto`,
  `package google.protobuf; ${types}`,
];

const texts: ReadonlyMap<string, string> = new Map([
  googleProtobuf('any', 'message Any { string type_url = 1; bytes value = 2; }'),
  googleProtobuf('duration', 'message Duration { int64 seconds = 1; int32 nanos = 2; }'),
  googleProtobuf('empty', 'message Empty {}'),
  googleProtobuf('field_mask', 'message FieldMask { repeated string paths = 1; }'),
  googleProtobuf('source_context', 'message SourceContext { string file_name = 1; }'),
  googleProtobuf(
    'struct',
    `message Struct { map<string, Value> fields = 1; }
    message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3;
      bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; } }
    enum NullValue { NULL_VALUE = 0; }
    message ListValue { repeated Value values = 1; }`,
  ),
  googleProtobuf('timestamp', 'message Timestamp { int64 seconds = 1; int32 nanos = 2; }'),
  googleProtobuf(
    'wrappers',
    [
      wrapper('DoubleValue', 'double'),
      wrapper('FloatValue', 'float'),
      wrapper('Int64Value', 'int64'),
      wrapper('UInt64Value', 'uint64'),
      wrapper('Int32Value', 'int32'),
      wrapper('UInt32Value', 'uint32'),
      wrapper('BoolValue', 'bool'),
      wrapper('StringValue', 'string'),
      wrapper('BytesValue', 'bytes'),
    ].join(' '),
  ),
  [
    'confluent/type/decimal.proto',
    'package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }',
  ],
  googleType(
    'calendar_period',
    `enum CalendarPeriod { CALENDAR_PERIOD_UNSPECIFIED = 0; ${numbered('', 'DAY WEEK FORTNIGHT MONTH QUARTER HALF YEAR')} }`,
  ),
  googleType(
    'color',
    `message Color { ${numbered('float', 'red green blue')} google.protobuf.FloatValue alpha = 4; }`,
    'wrappers',
  ),
  googleType('date', `message Date { ${numbered('int32', 'year month day')} }`),
  googleType(
    'datetime',
    `message DateTime { ${numbered('int32', 'year month day hours minutes seconds nanos')}
      oneof time_offset { google.protobuf.Duration utc_offset = 8; TimeZone time_zone = 9; } }
    message TimeZone { ${numbered('string', 'id version')} }`,
    'duration',
  ),
  googleType(
    'dayofweek',
    `enum DayOfWeek { DAY_OF_WEEK_UNSPECIFIED = 0;
      ${numbered('', 'MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY')} }`,
  ),
  googleType('decimal', 'message Decimal { string value = 1; }'),
  googleType('expr', `message Expr { ${numbered('string', 'expression title description location')} }`),
  googleType('fraction', `message Fraction { ${numbered('int64', 'numerator denominator')} }`),
  googleType(
    'interval',
    `message Interval { ${numbered('google.protobuf.Timestamp', 'start_time end_time')} }`,
    'timestamp',
  ),
  googleType('latlng', `message LatLng { ${numbered('double', 'latitude longitude')} }`),
  googleType('localized_text', `message LocalizedText { ${numbered('string', 'text language_code')} }`),
  googleType('money', 'message Money { string currency_code = 1; int64 units = 2; int32 nanos = 3; }'),
  googleType(
    'month',
    `enum Month { MONTH_UNSPECIFIED = 0; ${numbered(
      '',
      'JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER',
    )} }`,
  ),
  googleType(
    'phone_number',
    `message PhoneNumber { message ShortCode { ${numbered('string', 'region_code number')} }
      oneof kind { string e164_number = 1; ShortCode short_code = 2; } string extension = 3; }`,
  ),
  googleType(
    'postal_address',
    `message PostalAddress { int32 revision = 1;
      ${numbered('string', 'region_code language_code postal_code sorting_code administrative_area locality sublocality', 2)}
      ${numbered('repeated string', 'address_lines recipients', 9)} string organization = 11; }`,
  ),
  googleType('quaternion', `message Quaternion { ${numbered('double', 'x y z w')} }`),
  googleType('timeofday', `message TimeOfDay { ${numbered('int32', 'hours minutes seconds nanos')} }`),
]);
