package io.nimoshake.app.history;

import java.time.Instant;
import java.util.Optional;

/**
 * The comparisons of one table that count: a difference counts until a comparison of every item
 * that began later finds none. A sample that finds none proves nothing of it.
 *
 * @param last the last one, of whatever scope
 * @param cleanOfAll the last one of every item that found both sides equal
 * @param different the last one that found a difference
 * @param covering the last one before which no change has to be looked at again: it and clean ones
 *     before it have looked at all of them, and none since then has found a difference
 */
public record TableChecks(
    Optional<MadeCheck> last,
    Optional<MadeCheck> cleanOfAll,
    Optional<MadeCheck> different,
    Optional<MadeCheck> covering) {
  /** No comparison was made. */
  public static final TableChecks NONE =
      new TableChecks(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** With one more. Those in the other direction of flow do not count any more. */
  public TableChecks with(MadeCheck next) {
    boolean sameTruth = last.map(of -> of.mongoIsTruth() == next.mongoIsTruth()).orElse(true);
    if (!sameTruth) {
      return NONE.with(next);
    }
    return switch (next.outcome()) {
      case EQUAL ->
          new TableChecks(
              Optional.of(next),
              next.scope() == MadeCheck.Scope.ALL ? Optional.of(next) : cleanOfAll,
              different,
              covers(next) ? Optional.of(next) : covering);
      case DIFFERENT ->
          new TableChecks(Optional.of(next), cleanOfAll, Optional.of(next), Optional.empty());
      case INCOMPLETE ->
          new TableChecks(Optional.of(next), cleanOfAll, different, Optional.empty());
    };
  }

  /** Whether a clean one leaves no change that none of them has looked at. */
  private boolean covers(MadeCheck next) {
    return switch (next.scope()) {
      case ALL -> true;
      case SAMPLE -> false;
      case CHANGED -> {
        Instant longAgo = next.begun().minus(CheckedUntil.LATELY);
        Instant looked = covering.map(CheckedUntil::of).filter(longAgo::isBefore).orElse(longAgo);
        // A sync that was restarted, or whose memory is too small, knows less than it was asked.
        yield next.changedSince().filter(since -> !since.isAfter(looked)).isPresent();
      }
    };
  }

  /** Whether they were made in a direction of flow. */
  public boolean isOf(boolean mongoIsTruth) {
    return last.filter(made -> made.mongoIsTruth() == mongoIsTruth).isPresent();
  }

  /** The comparison that is in the way of a cut-over: it was not clean, and still counts. */
  public Optional<MadeCheck> inTheWay() {
    Optional<MadeCheck> open =
        different.filter(
            found -> cleanOfAll.filter(clean -> !clean.begun().isBefore(found.ended())).isEmpty());
    return open.isPresent()
        ? open
        : last.filter(made -> made.outcome() == MadeCheck.Outcome.INCOMPLETE);
  }
}
