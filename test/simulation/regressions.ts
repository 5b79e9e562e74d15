/**
 * Seeds that have failed once, and what was wrong. A seed means something else when the plans, the faults or the clients
 * change: look for new ones then, with the fault planted again.
 */
export const regressions: readonly (readonly [seed: number, fault: string])[] = [
  [11, 'an instance was adopted by the replica that was creating it, and held twice'],
  [51, 'a delete was forgotten when a create failed after it, and the instance came back'],
  [91, 'a name could be created again by its holder after a flush'],
  [96, 'a create whose answer was lost left an instance that nobody removed'],
  [122, 'after a flush replicas did not know whom to ask, and said 404'],
  [228, 'an owner that had been replaced answered for what it knew'],
  [268, 'an instance that its owner had lost in the store was taken for missing'],
  [2132, 'a delete that was sent again removed what another client had made since'],
  [2434, 'a delete that was sent again, after its replica had slept, was answered 404'],
  [8132, 'the trace of a create was not known as its own by a replica that had a new lease'],
  [61010, 'a delete whose answer was lost removed what another client had made while it was waited for'],
];
