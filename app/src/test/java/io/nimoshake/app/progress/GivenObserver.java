package io.nimoshake.app.progress;

import io.nimoshake.core.engine.SyncView.TableView;
import java.time.Instant;
import java.util.function.Consumer;

/** Shows the numbers of one moment for ever: those of a given sync. */
public final class GivenObserver extends Observer {
  private static final long TEN_SECONDS = 10_000_000_000L;

  private final Instant at;

  public GivenObserver(SyncMonitor monitor, Instant at) {
    super(monitor);
    this.at = at;
  }

  /** Adds what was written in the last ten seconds: a tenth of it is the rate. */
  public void written(TableView table, long copied, long changes) {
    sample(0, at);
    table.stats().copy.written.add(copied);
    table.stats().stream.written.add(changes);
    sample(TEN_SECONDS, at);
  }

  /** Takes a sample for each of the last seconds, the oldest first. */
  public void past(int seconds, Consumer<Instant> happens) {
    for (int ago = seconds; ago >= 0; ago--) {
      Instant then = at.minusSeconds(ago);
      happens.accept(then);
      sample((seconds - ago) * 1_000_000_000L, then);
    }
  }

  @Override
  public synchronized void start() {
    // No sample is taken but those above.
  }

  @Override
  public SyncNumbers numbers() {
    return numbersAt(at);
  }

  /** What a pipe is shown. */
  public String line() {
    return ProgressText.line(numbers());
  }

  /** What the log says of a table's state. */
  public String state(int table) {
    return ProgressText.state(numbers().tables().get(table));
  }
}
