package io.nimoshake.core.plan;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.plan.Command.Level;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of a stream that is closed and read to its end: it was enabled again under another
 * ARN, it is disabled, or its table was deleted.
 */
final class StreamEnd {
  /**
   * A look that finds no open stream is no reason to warn yet. The table may just have been
   * deleted, or somebody may be about to enable the stream again. The next looks, a discovery
   * interval apart, tell.
   */
  private static final int LOOKS_UNTIL_TOLD = 3;

  private static final int LOOKS_UNTIL_GAP = 5;

  private final TablePlan table;
  private final PlanOutput out;
  private final ShardListings listings;
  private final Duration goneAfter;
  private Optional<StreamHandle> laterStream = Optional.empty();

  /** Looks that have found no open stream. */
  private Optional<Evidence> disabled = Optional.empty();

  StreamEnd(TablePlan table, PlanOptions options, PlanOutput out, ShardListings listings) {
    this.table = table;
    this.out = out;
    this.listings = listings;
    this.goneAfter = options.goneAfter();
  }

  /**
   * Nothing of the stream is left to be read.
   *
   * @param completeUntil every change that was made before this moment is durable
   */
  void onDrained(Instant completeUntil) {
    if (laterStream.isPresent()) {
      table.onFault(
          new Fault.Gap(
              "the stream of table " + out.table() + " was disabled for a while and enabled again",
              Optional.of(completeUntil),
              laterStream.map(StreamHandle::serviceTime),
              null));
    } else {
      table.whichStream().ask();
    }
  }

  /** The table has this stream now. It may be another one than the one that is read. */
  void onStreamSeen(StreamHandle stream) {
    if (isAnother(stream) && laterStream.isEmpty()) {
      laterStream = Optional.of(stream);
      out.tell(
          Level.WARN,
          "its stream was disabled and enabled again. The former stream is read to its end first;"
              + " then the table has a gap");
    }
  }

  /**
   * The answer to a look for the table's stream.
   *
   * @return whether shards have to be listed again, because the stream has not ended or another one
   *     follows
   */
  boolean onStreamFound(Optional<StreamHandle> found, Instant now) {
    if (found.filter(this::isAnother).isPresent()) {
      onStreamSeen(found.get());
      return true;
    }
    if (found.filter(StreamHandle::open).isPresent()) {
      // Listings have said that the stream is closed. They are asked again.
      disabled = Optional.empty();
      listings.reopen();
      return true;
    }
    if (found.isEmpty() && table.missing().isUnlisted()) {
      table.missing().onNoStream();
    } else {
      onDisabled(now);
    }
    return false;
  }

  private boolean isAnother(StreamHandle stream) {
    return !listings.streamArn().equals(stream.arn());
  }

  private void onDisabled(Instant now) {
    Evidence looks = Evidence.again(disabled, now).orElseThrow();
    disabled = Optional.of(looks);
    if (looks.answers() == LOOKS_UNTIL_TOLD) {
      out.tell(
          Level.WARN,
          "its stream is disabled, so changes are not captured. If it stays disabled, the table has a"
              + " gap");
    } else if (looks.answers() >= LOOKS_UNTIL_GAP && looks.isSettled(goneAfter)) {
      table.onFault(new Fault.Gap("the stream of table " + out.table() + " is disabled", null));
    }
  }

  /** What is wrong with the stream, if the user has to know it. */
  Optional<String> problem() {
    return disabled
        .filter(looks -> looks.answers() >= LOOKS_UNTIL_TOLD)
        .map(looks -> "its stream is disabled since " + looks.since() + " or before");
  }
}
