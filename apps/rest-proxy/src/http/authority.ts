/** Whether a text is `host` or `host:port`, and nothing that would end up elsewhere in a URL. */
export function isAuthority(text: string): boolean {
  return /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(text);
}
