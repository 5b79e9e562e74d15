/** A problem that is told by its message alone, to a person: no stack trace helps. */
export class Told extends Error {
  override readonly name: string = 'Told';
}
