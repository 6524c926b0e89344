package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.CapturedLog;
import io.nimoshake.core.ManualScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.RetryPolicy;
import io.nimoshake.core.fault.Unreachable;
import io.nimoshake.core.flow.Outages.Outage;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutagesTest {
  private static final Unreachable REFUSES =
      new Unreachable("MongoDB at h:27017", "refuses connections");
  private static final String SINCE =
      DateTimeFormatter.ofPattern("HH:mm:ss")
          .withZone(ZoneId.systemDefault())
          .format(ManualScheduler.START);

  private final ManualScheduler time = new ManualScheduler();
  private final CapturedLog log = new CapturedLog(Outages.class);
  private final CapturedLog retryLog = new CapturedLog(Retry.class);
  private final Outages outages = new Outages(time);
  private final SyncStats sync = new SyncStats(Optional.of(outages));
  private final Retry saving =
      new Retry(sync.activity("saving the checkpoint"), RetryPolicy.DEFAULT, time);
  private final Retry orders = writing("orders");
  private final Retry users = writing("users");

  private Retry writing(String table) {
    TableStats stats = new TableStats(table, Optional.of(outages));
    return new Retry(
        Activity.ofTable(table, "writing", stats.writing, stats.failures),
        RetryPolicy.DEFAULT,
        time);
  }

  @AfterEach
  void endLogs() {
    log.close();
    retryLog.close();
  }

  private static Fault down() {
    return new Fault.Transient("write to shop.orders", REFUSES, null);
  }

  @Test
  void oneLineWhenAServerStopsAnsweringAndOneWhenItIsBack() {
    for (int i = 0; i < 5; i++) {
      orders.failed(down());
      users.failed(down());
      saving.failed(down());
    }
    assertEquals(List.of(), log.lines(), "may pass");
    assertEquals(List.of(), outages.current());
    time.pass(Outages.GRACE);
    String line = "MongoDB at h:27017 refuses connections since " + SINCE + "; 2 tables wait";
    assertEquals(List.of("WARN " + line), log.lines());
    Outage outage = outages.current().get(0);
    assertEquals(line, outage.line(time.now()));
    assertEquals(List.of("orders", "users"), outage.tables());
    time.pass(Duration.ofSeconds(40));
    orders.succeeded();
    users.succeeded();
    assertEquals(1, outages.current().size(), "the checkpoint still waits");
    saving.succeeded();
    assertEquals(List.of(), outages.current());
    assertEquals(
        List.of("WARN " + line, "INFO MongoDB at h:27017 answers again after 43 s"), log.lines());
    assertEquals(List.of(), retryLog.lines(), "not once more for every call");
  }

  @Test
  void aConnectionThatBreaksOnceIsNotWorthALine() {
    orders.failed(down());
    orders.succeeded();
    time.pass(Duration.ofMinutes(1));
    assertEquals(List.of(), log.lines());
    assertTrue(time.isIdle(), "nothing is looked after any more");
  }

  @Test
  void aCallThatFailsForAnotherReasonWaitsForTheServerNoMore() {
    orders.failed(down());
    time.pass(Outages.GRACE);
    orders.failed(new Fault.Throttled("slow down", null));
    assertEquals(List.of(), outages.current(), "it has answered");
    assertEquals(2, log.lines().size(), log.lines() + "");
  }

  @Test
  void aCallThatIsGivenUpWaitsNoMore() {
    orders.failed(down());
    time.pass(Outages.GRACE);
    assertEquals(1, outages.current().size());
    orders.failed(new Fault.TableFailed("not allowed", null));
    assertEquals(List.of(), outages.current());
  }

  @Test
  void whatNobodyTriesAnyMoreIsForgotten() {
    orders.failed(down());
    time.pass(Outages.STALE.plusSeconds(30));
    assertEquals(List.of(), outages.current(), "its table was stopped");
    assertTrue(time.isIdle());
  }

  @Test
  void theMembersOfAClusterAreOneOutage() {
    orders.failed(down());
    time.pass(Outages.GRACE);
    orders.failed(
        new Fault.Transient(
            "write", new Unreachable("MongoDB at a:1,h:27017", "has no primary"), null));
    assertEquals(1, outages.current().size());
    assertTrue(
        outages.current().get(0).line(time.now()).startsWith("MongoDB at a:1,h:27017 has no"));
    assertEquals(ManualScheduler.START, outages.current().get(0).since());
    orders.succeeded();
    assertEquals(2, log.lines().size(), log.lines() + "");
  }

  @Test
  void aServerThatTheDriverMissesIsAnOutageThoughNothingWaits() {
    outages.missed(REFUSES);
    outages.missed(REFUSES);
    time.pass(Outages.GRACE);
    assertEquals(
        List.of(
            "WARN MongoDB at h:27017 refuses connections since "
                + SINCE
                + "; no table waits for it"),
        log.lines());
    orders.failed(down());
    orders.succeeded();
    assertEquals(1, outages.current().size(), "the driver does not see it yet");
    outages.reached("MongoDB at h:27017");
    assertEquals(List.of(), outages.current());
    outages.reached("MongoDB at h:27017");
    assertEquals(2, log.lines().size());
    assertFalse(log.lines().get(1).contains("WARN"));
  }

  @Test
  void anOutageOfAnotherDayHasItsDate() {
    outages.missed(REFUSES);
    time.pass(Outages.GRACE);
    String line = outages.current().get(0).line(time.now().plus(Duration.ofHours(13)));
    assertTrue(line.matches(".* since 20\\d\\d-\\d\\d-\\d\\d " + SINCE + "; .*"), line);
  }

  @Test
  void aTableCountsOnceWhateverOfItWaits() {
    TableStats stats = new TableStats("orders", Optional.of(outages));
    for (String activity : List.of("reading shard-1", "writing")) {
      new Retry(
              Activity.ofTable("orders", activity, stats.writing, stats.failures),
              RetryPolicy.DEFAULT,
              time)
          .failed(down());
    }
    time.pass(Outages.GRACE);
    assertEquals(List.of("orders"), outages.current().get(0).tables());
    assertTrue(log.lines().get(0).endsWith("; 1 table waits"), log.lines() + "");
  }

  @Test
  void otherFailuresAreToldByTheirCalls() {
    for (int i = 0; i < 3; i++) {
      orders.failed(new Fault.Throttled("slow down", null));
    }
    assertEquals(
        List.of(
            "WARN table orders: writing has failed 3 times and is tried again (throttled): slow"
                + " down"),
        retryLog.lines());
    orders.succeeded();
    assertEquals(2, retryLog.lines().size());
  }
}
