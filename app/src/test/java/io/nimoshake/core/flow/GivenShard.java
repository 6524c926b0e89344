package io.nimoshake.core.flow;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A shard that is read as a test says, as its pipeline would tell it. */
public final class GivenShard {
  private final TableStats stats;
  private final Split split;
  private final ShardProgress progress;

  public GivenShard(TableStats stats, Split split) {
    this.stats = stats;
    this.split = split;
    progress = stats.progress(split);
  }

  public GivenShard readEmpty(Instant asked) {
    progress.readToEnd(asked);
    return this;
  }

  /** A page was read; its records are on their way. */
  public ChangeBatch read(Instant oldest, Instant newest) {
    return read(Optional.of(oldest), newest);
  }

  /** A page was read whose records are all older than the copy. */
  public ChangeBatch readSkipped(Instant newest) {
    return read(Optional.empty(), newest);
  }

  private ChangeBatch read(Optional<Instant> oldest, Instant newest) {
    ChangeBatch page =
        new ChangeBatch(
            List.<Change>of(),
            List.of(),
            Position.after("1"),
            1,
            1,
            0,
            0,
            0,
            0,
            Optional.of(newest),
            oldest,
            Optional.empty(),
            Optional.empty(),
            false);
    progress.read(page);
    return page;
  }

  public void durable(ChangeBatch page) {
    progress.landed(page);
  }

  /** An item of it is rejected. */
  public void rejects(String reason, Instant now) {
    Rejected item = new Rejected(split.table(), "{}", reason, "{}");
    stats.countRejected(split, List.of(item), now);
  }

  public void failing() {
    progress.failing();
  }
}
