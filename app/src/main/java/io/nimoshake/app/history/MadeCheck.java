package io.nimoshake.app.history;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A comparison of one table that was made.
 *
 * @param changedSince every change since then was looked at; only with {@link Scope#CHANGED}, and
 *     not in records of older versions
 * @param items items of the source that were compared
 * @param differences differences that were found, repaired or not
 * @param mongoIsTruth whether DynamoDB was compared with MongoDB, not the other way round
 */
public record MadeCheck(
    Instant begun,
    Instant ended,
    Scope scope,
    Optional<Instant> changedSince,
    long items,
    Outcome outcome,
    long differences,
    boolean mongoIsTruth) {

  /** How much of the table was compared. */
  public enum Scope {
    ALL("every item"),
    CHANGED("changed items and a sample"),
    SAMPLE("a sample");

    private final String text;

    Scope(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }

    /** For programs. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What was found. */
  public enum Outcome {
    EQUAL,
    /** Differences were found, even if they were repaired. */
    DIFFERENT,
    /** No difference was found, but something could not be compared. */
    INCOMPLETE;

    /** For programs. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether both sides were equal. */
  public boolean isClean() {
    return outcome == Outcome.EQUAL;
  }

  /** The scope and the outcome, for people. */
  public String text() {
    return scope.text()
        + ", "
        + switch (outcome) {
          case EQUAL -> "equal";
          case DIFFERENT -> differences + (differences == 1 ? " difference" : " differences");
          case INCOMPLETE -> "not all of it could be compared";
        };
  }
}
