package io.nimoshake.app.demo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.cutover.Accepted;
import io.nimoshake.app.cutover.CutOverFlow;
import io.nimoshake.app.cutover.CutOverOptions;
import io.nimoshake.app.cutover.CutOverReport;
import io.nimoshake.app.cutover.CutOverResult;
import io.nimoshake.app.cutover.CutOverResult.Outcome;
import io.nimoshake.app.cutover.Turn;
import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.program.Version;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.Screen;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncRoute;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The rehearsal of docs/cutover.md on this machine: tables are copied and followed, the
 * applications are switched to MongoDB, write there, and are switched back.
 */
public final class RoundTrip {
  private static final int CHANGES = 300;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final long LINE_MILLIS = 1_000;

  private final PrintStream out;
  private final boolean terminal;
  private final Duration goOn;

  /**
   * @param goOn how long each side is changed, at least
   */
  public RoundTrip(PrintStream out, boolean terminal, Duration goOn) {
    this.out = out;
    this.terminal = terminal;
    this.goOn = goOn;
  }

  /** Makes a change as an application would. */
  private interface Application {
    void change();
  }

  /** Runs it and returns the exit code: done, or failed where it did not come to its end. */
  public int run()
      throws ConfigurationException, StartUpException, Fault, InterruptedException, IOException {
    say("Starting DynamoDB Local and a MongoDB-compatible server ...");
    try (DynamoDbServer dynamoDb = DynamoDbServer.start();
        MongoServer mongo = MongoServer.startWithChangeStreams(MongoServer.DEFAULT_HEAP_MEGABYTES);
        DynamoDbClient source = DemoSides.client(dynamoDb);
        MongoClient target = MongoClients.create(mongo.uri())) {
      SampleData data = new SampleData(source);
      say("Loaded %,d items into %s.", data.load(), data.name());
      MongoChanges documents = new MongoChanges(target.getDatabase(DemoSides.ID));
      say("%n1. The sync goes from DynamoDB to MongoDB, and the applications write to DynamoDB.");
      if (!leg(dynamoDb, mongo, "all", Turn.CUT_OVER, data::change)) {
        return ExitCode.FAILED_TABLES;
      }
      say("%n3. The sync goes back, and the applications write to MongoDB.");
      if (!leg(dynamoDb, mongo, "back", Turn.RETURN, documents::change)) {
        return ExitCode.FAILED_TABLES;
      }
      say("%n5. The applications write to DynamoDB again. Comparing both sides, item by item:");
      CheckResult result =
          DemoSides.compare(
              DemoSides.configuration(dynamoDb, mongo, Map.of(), List.of("sync_mode=all")));
      DemoSides.lines(result).forEach(line -> say("%s", line));
      say(
          result.exitCode() == ExitCode.DONE
              ? "%nBoth sides are equal. To do the same with tables of your own see"
                  + " docs/cutover.md."
              : "%nThe sides differ: this is a bug.");
      return result.exitCode();
    }
  }

  /** One direction, from its start to the switch. Returns whether it came to that. */
  private boolean leg(
      DynamoDbServer dynamoDb, MongoServer mongo, String mode, Turn turn, Application application)
      throws ConfigurationException, StartUpException, Fault, InterruptedException, IOException {
    Configuration configuration =
        DemoSides.configuration(dynamoDb, mongo, Map.of(), List.of("sync_mode=" + mode));
    try (SyncRun run = SyncRun.start(configuration);
        Observer observer = new Observer(run);
        HttpInterface http = new HttpInterface(configuration, observer, Version.line())) {
      int port = http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      say("Watch it at http://127.0.0.1:%d/ while it lasts.", port);
      int changes;
      try (Screen screen = new Screen(out, terminal, LINE_MILLIS, observer)) {
        changes = changeWhileItRuns(run, application);
      }
      say("Made %,d changes meanwhile.", changes);
      Configuration client =
          DemoSides.configuration(
              dynamoDb,
              mongo,
              Map.of(),
              List.of("sync_mode=" + mode, "full_sync.http_port=" + port, "incr_sync.http_port=0"));
      boolean switched = switchOver(client, turn);
      if (!switched) {
        run.stop();
      }
      SyncResult result = run.awaitEnd();
      result.fatal().ifPresent(fault -> say("Failed: %s", fault.getMessage()));
      result.failedTables().forEach((table, f) -> say("%s failed: %s", table, f.getMessage()));
      return switched && result.isSuccess();
    }
  }

  private int changeWhileItRuns(SyncRun run, Application application) {
    long end = System.nanoTime() + goOn.toNanos();
    long latest = end + LIMIT.toNanos();
    int changes = 0;
    while (!run.done().isDone()
        && System.nanoTime() - latest < 0
        && (!run.view().copied() || changes < CHANGES || System.nanoTime() - end < 0)) {
      application.change();
      changes++;
    }
    return changes;
  }

  /** The same as {@code nimo-shake cutover --way-back} or {@code nimo-shake return}. */
  private boolean switchOver(Configuration client, Turn turn)
      throws StartUpException, Fault, InterruptedException {
    boolean cutOver = turn == Turn.CUT_OVER;
    say(
        cutOver
            ? "%n2. nimo-shake cutover --way-back --compare all"
            : "%n4. nimo-shake return --compare all");
    CutOverFlow flow =
        new CutOverFlow(
            SyncClient.of(client, LIMIT),
            new CutOverOptions(turn, Optional.empty(), Accepted.NOTHING, false, cutOver, LIMIT),
            () -> {
              say("   The applications stop.");
              return true;
            },
            Optional.of(() -> DemoSides.compare(client)),
            line -> say("   %s", line));
    try {
      // DynamoDB Local rounds times down to a minute, so a table may look further behind than it
      // is.
      Waiting.until(LIMIT, () -> isReady(flow));
      CutOverResult result = flow.run();
      new CutOverReport(turn, DemoSides.ID, SyncRoute.of(client).target(), result)
          .lines()
          .forEach(line -> say("   %s", line));
      return result.outcome() == Outcome.CUT_OVER;
    } catch (NoSuchSyncException e) {
      say("   %s", e.getMessage());
      return false;
    }
  }

  private static boolean isReady(CutOverFlow flow) {
    try {
      return flow.problems().isEmpty();
    } catch (NoSuchSyncException e) {
      // What is wrong is said by the flow itself.
      return true;
    }
  }

  private void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
