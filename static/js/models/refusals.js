/** The sentence for a change that the server refused, by the code of its error frame, whose own sentence is
 * English. `_` translates. */
export function refusal(code, _) {
  switch (code) {
    case "empty":
      return _("A message needs some text.");
    case "unknown_message":
      return _("There is no such message in this room.");
    case "not_yours":
      return _("Only its writer may change a message.");
    case "message_deleted":
      return _("The message was deleted meanwhile.");
    case "stale_revision":
      return _("This message was changed elsewhere while you wrote. Both texts are here.");
    case "cid_conflict":
      return _("The server took it for another one. Try again.");
    case "not_member":
      return _("You are not in this room.");
    case "unavailable":
      return _("The server could not store it. Try again.");
    case "rate_limited":
      return _("That was too fast. Try again in a moment.");
    default:
      return _("The server does not take it. Load the page again.");
  }
}
