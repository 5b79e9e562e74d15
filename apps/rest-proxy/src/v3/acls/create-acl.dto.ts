import { IsOptional, ValidateNested } from 'class-validator';
import type {
  AclPatternType,
  AclPermission,
  KnownOperation,
  KnownResourceType,
} from '#libs/kafka/acl-types.ts';
import { JsonEnum, JsonRequired } from '../../http/json-checks.ts';
import { JsonField } from '../../http/json-field.ts';
import { operations, patternTypes, permissions, resourceTypes } from './acl-words.ts';

const type = 'CreateAclRequest';

/** Body of POST acls, and an entry of `acls:batch`. */
export class CreateAclDto {
  @JsonField('string')
  @JsonRequired(type)
  @JsonEnum('ResourceType', resourceTypes)
  readonly resource_type!: KnownResourceType;

  @JsonField('string')
  @JsonRequired(type)
  readonly resource_name!: string;

  @JsonField('string')
  @JsonRequired(type)
  @JsonEnum('PatternType', patternTypes)
  readonly pattern_type!: AclPatternType;

  @JsonField('string')
  @JsonRequired(type)
  readonly principal!: string;

  @JsonField('string')
  @JsonRequired(type)
  readonly host!: string;

  @JsonField('string')
  @JsonRequired(type)
  @JsonEnum('Operation', operations)
  readonly operation!: KnownOperation;

  @JsonField('string')
  @JsonRequired(type)
  @JsonEnum('Permission', permissions)
  readonly permission!: AclPermission;
}

/** Body of `acls:batch`. */
export class CreateAclsDto {
  @JsonField([() => CreateAclDto])
  @ValidateNested({ each: true })
  @IsOptional()
  readonly data?: readonly CreateAclDto[];
}
