/** What became of an answer that was written to a client for another replica. */
export type DeliveryReport =
  | { readonly what: 'abandon'; readonly id: string }
  | {
      readonly what: 'confirm';
      readonly id: string;
      /** Whether the client has not gone since may be asked. */
      readonly mayAsk: boolean;
    }
  | { readonly what: 'hold'; readonly id: string; readonly ms: number };
