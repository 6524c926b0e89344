package io.nimoshake.dynamodb.preview;

import java.util.Optional;

/**
 * The test of one permission.
 *
 * @param action the action's name in policies, such as {@code dynamodb:Scan}
 * @param table the table it was tried on; empty if the action is not for one table
 * @param outcome the result
 * @param message the service's answer, or the reason why it was not tried
 */
public record Attempt(
    String action, Optional<String> table, Outcome outcome, Optional<String> message) {

  /** The result of a test. */
  public enum Outcome {
    ALLOWED,
    DENIED,
    /** The call failed for another reason, so the permission is not known. */
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
