package io.nimoshake.dynamodb.preview;

import java.util.Optional;

/**
 * One permission that was tried.
 *
 * @param action as policies name it, such as {@code dynamodb:Scan}
 * @param table the table it was tried on; empty if it concerns none
 * @param outcome what came of it
 * @param message what the service said, or why it was not tried
 */
public record Attempt(
    String action, Optional<String> table, Outcome outcome, Optional<String> message) {

  /** What can come of a try. */
  public enum Outcome {
    ALLOWED,
    DENIED,
    /** It failed for another reason, so that nothing is known of the permission. */
    FAILED,
    NOT_TRIED
  }

  public boolean isDenied() {
    return outcome == Outcome.DENIED;
  }

  static Attempt allowed(String action, Optional<String> table) {
    return new Attempt(action, table, Outcome.ALLOWED, Optional.empty());
  }

  static Attempt notTried(String action, String table, String why) {
    return new Attempt(action, Optional.of(table), Outcome.NOT_TRIED, Optional.of(why));
  }
}
