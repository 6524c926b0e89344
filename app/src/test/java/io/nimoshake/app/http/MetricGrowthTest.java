package io.nimoshake.app.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.app.GivenConfiguration;
import io.nimoshake.app.progress.GivenMonitor;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.core.checkpoint.LeaseClaim;
import io.nimoshake.core.checkpoint.ProcessIdentity;
import io.nimoshake.core.engine.SyncEngine;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.memory.RollingTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A sync runs for months, and a shard for hours: whatever it leaves in an answer stays there. */
class MetricGrowthTest {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int LINES = 4;

  private final HttpClient client = HttpClient.newHttpClient();
  private final RollingTable table = new RollingTable(LINES);
  private SyncEngine engine;
  private URI metrics;

  @Test
  void twoHundredRollOversLeaveNothingBehind() throws Exception {
    Configuration configuration = GivenConfiguration.least();
    try (ThreadScheduler scheduler = new ThreadScheduler(table.options().ioThreads())) {
      start(scheduler);
      try (Observer observer =
              new Observer(new GivenMonitor(engine::view, 0, Map.of(), Optional::empty));
          HttpInterface http = new HttpInterface(configuration, observer, "t")) {
        int port = http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
        Set<String> after20 = roll(20 / LINES);
        assertTrue(after20.stream().anyMatch(name -> name.contains("stream_lag_seconds")));
        Set<String> after200 = roll(200 / LINES);
        assertEquals(String.join("\n", after20), String.join("\n", after200));
      }
      engine.stop();
      engine.done().get();
    }
  }

  private void start(ThreadScheduler scheduler) throws Exception {
    LeaseClaim claim =
        new LeaseClaim(table.openCheckpoints(), LIMIT, scheduler, ProcessIdentity.ofThisProcess());
    engine =
        new SyncEngine(
            table.options(),
            table.openSource(),
            table.openTarget(),
            table.openCheckpoints(),
            DeadLetters.FAIL,
            assertInstanceOf(LeaseClaim.Attempt.Acquired.class, claim.attempt()).keeper(),
            scheduler,
            name -> TableLimits.none());
    engine.start();
  }

  /** The lines of /metrics, without values, when the shards have rolled over so often. */
  private Set<String> roll(int times) throws Exception {
    table.rollTo(times);
    await().atMost(LIMIT).until(table::isAllWritten);
    // Durable, not only written: only then is the lag of the table known.
    await().atMost(LIMIT).until(() -> engine.view().tables().get(0).stats().heldBytes() == 0);
    String answer =
        client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
    // What the JVM tells of a garbage collection is not there before the first one.
    return answer
        .lines()
        .filter(line -> !line.startsWith("#") && !line.startsWith("jvm_gc_"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
