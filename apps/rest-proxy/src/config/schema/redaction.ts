/** Takes user and password out of the URLs of a text. */
export const withoutUserInfo = (text: string): string => text.replaceAll(/\/\/[^/\s,]*@/g, '//[hidden]@');
