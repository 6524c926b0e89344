package io.nimoshake.core.plan;

import io.nimoshake.core.plan.PlanView.Missing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether all of one table's change stream that was made before the freeze time is durable in
 * DynamoDB. Empty answers count whose resume token says that MongoDB had looked far enough, see
 * {@link Drain}: {@link Evidence#ENOUGH} of them in a row, over some seconds of MongoDB's clock. An
 * answer that is empty because MongoDB has not looked yet has an older token.
 */
final class ChangeStreamDrain implements TableProof {
  /** What is said of a table that nobody looks for in DynamoDB. */
  static final String NOT_SELECTED =
      "it was synced, and filter.collection.white or filter.collection.black does not select it any"
          + " more: its changes since the cut-over are not written back to DynamoDB. Select it"
          + " again";

  /** Stays so if the tokens of the server have a form that tells no time. */
  private static final String NO_TIME =
      ". No answer has come yet whose resume token tells such a time";

  private static final Duration EMPTY_FOR = Duration.ofSeconds(2);

  private final String name;
  private final Optional<BackTable> table;
  private final boolean selected;
  private final Instant from;
  private final int recopies;
  private Optional<Evidence> empty = Optional.empty();

  /**
   * @param table empty if DynamoDB does not list it
   * @param selected whether the configuration selects it
   */
  ChangeStreamDrain(String name, Optional<BackTable> table, boolean selected, Instant from) {
    this.name = name;
    this.table = table;
    this.selected = selected;
    this.from = from;
    this.recopies = table.map(BackTable::recopies).orElse(0);
  }

  @Override
  public boolean isCurrent() {
    // What was read empty before a new copy says nothing of the changes after it.
    return table.filter(known -> known.recopies() == recopies).isPresent();
  }

  @Override
  public void onReadEmpty(Event.ReadEmpty event) {
    empty = Evidence.againSoon(empty, event.begun());
  }

  @Override
  public void onRecord(String splitId) {
    empty = Optional.empty();
  }

  @Override
  public void onShardsListed(Event.ShardsListed event) {
    // A change stream has none.
  }

  @Override
  public void onStreamFound(Event.StreamFound event) {
    // It says how far the oplog reaches back, and nothing of what was read.
  }

  @Override
  public List<Missing> missing() {
    if (table.isEmpty()) {
      return missing(
          selected
              ? "it is in the checkpoint, but not among the tables of DynamoDB"
              : NOT_SELECTED);
    }
    return switch (table.get().state()) {
      case FOLLOWING -> missingOfStream(table.get());
      case FAILED ->
          missing("it has failed: " + table.get().failure().map(Throwable::getMessage).orElse(""));
      case WAITING, PREPARING, COPYING, FINISHING, SWAPPING, BACKFILLING, STOPPING, DONE ->
          missing(
              "it is not followed: its state is "
                  + table.get().state().name().toLowerCase(Locale.ROOT));
    };
  }

  private List<Missing> missingOfStream(BackTable following) {
    if (following.isDoubted()) {
      return missing("the last answer was that it, or the place in its change stream, is gone");
    }
    if (empty.filter(answers -> answers.isSettled(EMPTY_FOR)).isPresent()) {
      return List.of();
    }
    String reason = "its change stream was not yet read empty often enough after " + from;
    return missing(empty.isEmpty() ? reason + NO_TIME : reason);
  }

  private List<Missing> missing(String reason) {
    return List.of(new Missing(Optional.of(name), Optional.empty(), reason));
  }
}
