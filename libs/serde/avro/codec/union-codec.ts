import { CLOSE_BRACE, OPEN_BRACE, QUOTE } from '../../json-text/ascii.ts';
import type { JsonKind } from '../../json-text/json-scanner.ts';
import { DataMismatchError } from '../../schema/data-mismatch-error.ts';
import { DeserializationError } from '../../serde.ts';
import type { AvroInput } from '../io/avro-input.ts';
import { writeInt } from '../io/avro-output.ts';
import type { ByteOutput } from '../../schema/io/byte-output.ts';
import type { JsonInput } from '../../schema/io/json-input.ts';
import { AvroCodec, mismatch } from './avro-codec.ts';
import { isSpecialDecimal } from './decimal-codecs.ts';

export interface UnionBranch {
  /** What tags its values: the full name of a named type, else the type. */
  readonly label: string;
  readonly codec: AvroCodec;
  /** What its values look like in JSON. */
  readonly kinds: readonly JsonKind[];
  /** Names of the members that a plain object of it can have; `any` for those of a map. */
  readonly members: readonly string[] | 'any';
}

interface Branch extends UnionBranch {
  readonly index: number;
  /** Null has no tag. */
  readonly bare: boolean;
  /** `"label":` */
  readonly token: Buffer;
  /** `{"label":` */
  readonly opening: Buffer;
  /** Whether an object that begins with the label may be a plain one of another branch. */
  readonly doubtful: boolean;
}

/** Values are tagged, `{"string":"x"}`, but for null. A plain value is taken for the one branch that it can be of. */
export class UnionCodec extends AvroCodec {
  readonly shown: string;
  readonly #branches: readonly Branch[];
  /** As latin-1, which needs no decoding. */
  readonly #byToken: ReadonlyMap<string, Branch>;
  /** The branches that a plain value can be of, by what it looks like. */
  readonly #plain: ReadonlyMap<JsonKind, readonly Branch[]>;

  /** @param tagged whether values are shown tagged; those of a whole record are not */
  constructor(
    branches: readonly UnionBranch[],
    private readonly tagged: boolean,
  ) {
    super();
    const anyMember = branches.some(({ members }) => members === 'any');
    const members = new Set(branches.flatMap((branch) => (branch.members === 'any' ? [] : branch.members)));
    this.#branches = branches.map((branch, index) => {
      const token = `${JSON.stringify(branch.label)}:`;
      return {
        ...branch,
        index,
        bare: branch.label === 'null',
        token: Buffer.from(token),
        opening: Buffer.from(`{${token}`),
        doubtful: anyMember || members.has(branch.label),
      };
    });
    this.#byToken = new Map(this.#branches.map((branch) => [branch.token.toString('latin1'), branch]));
    this.#plain = byKind(this.#branches);
    this.shown = branches.map(({ label }) => label).join(' or ') || 'nothing';
  }

  encode(input: JsonInput, out: ByteOutput): void {
    const branch = input.text[input.at] === OPEN_BRACE ? this.#taggedWith(input) : undefined;
    if (branch === undefined) {
      this.#encodePlain(input, out);
      return;
    }
    writeInt(out, branch.index);
    branch.codec.encode(input, out);
    if (input.text[input.at] !== CLOSE_BRACE) {
      throw new DataMismatchError('', `expected one member in {"${branch.label}": …}, got more`);
    }
    input.at++;
  }

  /** Passes over brace and label of a tagged value; stays where none comes. */
  #taggedWith(input: JsonInput): Branch | undefined {
    const start = input.at;
    input.at++;
    const branch = this.#branches.length <= fewBranches ? this.#search(input) : this.#lookUp(input);
    if (branch !== undefined && (!branch.doubtful || isOnlyMember(input))) return branch;
    input.at = start;
    return undefined;
  }

  #search(input: JsonInput): Branch | undefined {
    for (const branch of this.#branches) {
      if (input.take(branch.token)) return branch;
    }
    return undefined;
  }

  #lookUp(input: JsonInput): Branch | undefined {
    const start = input.at;
    if (input.text[start] !== QUOTE) return undefined;
    input.at = input.stringEnd(start) + 1;
    return this.#byToken.get(input.text.toString('latin1', start, input.at));
  }

  #encodePlain(input: JsonInput, out: ByteOutput): void {
    const kind = input.kind();
    let branches = this.#plain.get(kind) ?? [];
    if (branches.length === 0 && kind === 'string' && isSpecialDecimal(input)) {
      branches = this.#branches.filter(({ label }) => label === 'float' || label === 'double');
    }
    const [branch, other] = branches;
    if (branch === undefined) throw mismatch(input, this.shown);
    if (other !== undefined) {
      const labels = branches.map(({ label }) => label).join(' or ');
      throw new DataMismatchError('', `expected ${labels}, tagged as in {"${branch.label}": …}, got ${kind}`);
    }
    writeInt(out, branch.index);
    branch.codec.encode(input, out);
  }

  decode(input: AvroInput, out: ByteOutput): void {
    const index = input.int();
    const branch = this.#branches[index];
    if (branch === undefined) throw new DeserializationError(`A union has no branch ${index}`);
    if (!this.tagged || branch.bare) {
      branch.codec.decode(input, out);
      return;
    }
    out.appendToken(branch.opening);
    branch.codec.decode(input, out);
    out.appendByte(CLOSE_BRACE);
  }
}

function byKind(branches: readonly Branch[]): ReadonlyMap<JsonKind, readonly Branch[]> {
  const found = new Map<JsonKind, Branch[]>();
  for (const branch of branches) {
    for (const kind of branch.kinds) {
      const others = found.get(kind);
      if (others === undefined) found.set(kind, [branch]);
      else others.push(branch);
    }
  }
  return found;
}

/** Whether the member whose value comes next has none behind it; stays there. */
function isOnlyMember(input: JsonInput): boolean {
  const start = input.at;
  input.skipValue();
  const only = input.text[input.at] === CLOSE_BRACE;
  input.at = start;
  return only;
}

/** Up to here it is faster to try one after the other. */
const fewBranches = 8;
