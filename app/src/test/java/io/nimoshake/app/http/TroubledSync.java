package io.nimoshake.app.http;

import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.flow.GivenShard;
import io.nimoshake.core.flow.TableStats;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.PlanView.SplitState;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.setup.config.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A sync that follows one table, with its HTTP interface. It is caught up; or it has every trouble
 * that there is an alert for.
 */
final class TroubledSync implements AutoCloseable {
  private static final Duration LATE = Duration.ofHours(17);

  private final TableStats stats = new TableStats();
  private final SplitState split = HttpFixture.shard("shard-1", Progress.RUNNING);
  private final GivenShard shard = new GivenShard(stats, split.split());
  private final Configuration configuration;
  private final int port;
  private Optional<ChangeBatch> unwritten = Optional.empty();
  private Observer observer;
  private HttpInterface http;

  TroubledSync(Configuration configuration, int port) throws IOException {
    this.configuration = configuration;
    this.port = port;
    start();
  }

  void start() throws IOException {
    observer = new Observer(new GivenMonitor(this::view));
    http = new HttpInterface(configuration, observer, "test");
    http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  String instance() {
    return "127.0.0.1:" + port;
  }

  synchronized void troubleBegins() {
    Instant record = Instant.now().minus(LATE);
    unwritten = Optional.of(shard.read(record, record));
  }

  synchronized void troubleEnds() {
    shard.durable(unwritten.orElseThrow());
    unwritten = Optional.empty();
  }

  /** Each look finds that there was more trouble since the last one. */
  private synchronized SyncView view() {
    Instant now = Instant.now();
    GivenTable orders =
        GivenTable.of("orders", TableState.FOLLOWING).items(10).splits(split).stats(stats);
    if (unwritten.isEmpty()) {
      shard.readEmpty(now);
      return GivenTable.sync(orders.unreadSince(now).view());
    }
    stats.copy.rejected.add(1);
    stats.writing.failed.add(20);
    stats.stream.writeLatency.record(TimeUnit.SECONDS.toNanos(9));
    TableView broken =
        GivenTable.of("broken", TableState.FAILED).items(1).failure("it is gone").view();
    return GivenTable.sync(List.of(orders.unreadSince(now.minus(LATE)).view(), broken));
  }

  /** Ends it, as a process ends. */
  @Override
  public void close() {
    http.close();
    observer.close();
  }
}
