package io.nimoshake.app.demo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.program.Version;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.progress.Screen;
import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.core.engine.SyncResult;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
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
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A whole sync on this machine, with servers and data of its own: copies tables while they are
 * changed, follows the changes after that, and compares both sides.
 */
public final class Demo {
  /** Few items a Scan and few Scans a second, so that there is time to change them meanwhile. */
  private static final List<String> SLOWLY =
      List.of("sync_mode=all", "qps.full=10", "qps.full.batch_num=50");

  private static final int CHANGES_AFTER_COPY = 300;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final long LINE_MILLIS = 1_000;

  private final PrintStream out;
  private final boolean terminal;
  private final Duration goOn;
  private final Function<DynamoDbClient, DemoData> tables;

  /**
   * @param goOn how long to go on changing after the copy, at least
   */
  private Demo(
      PrintStream out, boolean terminal, Duration goOn, Function<DynamoDbClient, DemoData> tables) {
    this.out = out;
    this.terminal = terminal;
    this.goOn = goOn;
    this.tables = tables;
  }

  /** One with three tables, which are copied as they are. */
  public static Demo ofTables(PrintStream out, boolean terminal, Duration goOn) {
    return new Demo(out, terminal, goOn, SampleData::new);
  }

  /** One with a table that a mapping takes apart. */
  public static Demo ofMapping(PrintStream out, boolean terminal, Duration goOn) {
    return new Demo(out, terminal, goOn, ShopData::new);
  }

  /** Runs it and returns the exit code: done, or failed where both sides differ. */
  public int run() throws ConfigurationException, StartUpException, Fault, InterruptedException {
    out.println("Starting DynamoDB Local and a MongoDB-compatible server ...");
    try (DynamoDbServer dynamoDb = DynamoDbServer.start();
        MongoServer mongo = MongoServer.start();
        DynamoDbClient source = DemoSides.client(dynamoDb);
        MongoClient target = MongoClients.create(mongo.uri())) {
      DemoData data = tables.apply(source);
      int items = data.load();
      say(
          "Loaded %,d items into %s. Copying them, and changing them meanwhile.",
          items, data.name());
      int exitCode =
          syncAndCompare(
              DemoSides.configuration(dynamoDb, mongo, data.environment(), SLOWLY), data, target);
      data.arrived(target.getDatabase(DemoSides.ID)).forEach(line -> say("%s", line));
      return exitCode;
    }
  }

  private int syncAndCompare(Configuration configuration, DemoData data, MongoClient target)
      throws StartUpException, Fault, InterruptedException {
    MongoDatabase database = target.getDatabase(DemoSides.ID);
    long begun = System.nanoTime();
    try (SyncRun run = SyncRun.start(configuration);
        Observer observer = new Observer(run);
        HttpInterface http = new HttpInterface(configuration, observer, Version.line())) {
      watch(http);
      Optional<Integer> during;
      int after = 0;
      boolean caughtUp;
      long lastChange;
      try (Screen screen = new Screen(out, terminal, LINE_MILLIS, observer)) {
        during = changeUntilCopied(run, data);
        if (during.isPresent()) {
          after = changeAfterCopy(run, data);
        }
        int marker = Integer.MAX_VALUE;
        data.putMarkers(marker);
        lastChange = System.nanoTime();
        caughtUp =
            during.isPresent()
                && Waiting.until(
                    LIMIT, () -> run.done().isDone() || data.hasMarkers(database, marker));
      }
      double lagSeconds = (System.nanoTime() - lastChange) / 1e9;
      run.stop();
      SyncResult result = run.awaitEnd();
      if (!result.isSuccess() || !caughtUp) {
        result.fatal().ifPresent(fault -> say("Failed: %s", fault.getMessage()));
        result.failedTables().forEach((table, f) -> say("%s failed: %s", table, f.getMessage()));
        say("The sync did not get through; nothing to compare.");
        return ExitCode.FAILED_TABLES;
      }
      say(
          "Made %,d changes during the copy and %,d after it.%n"
              + "The last one arrived within %.1f s. All this took %.1f s.",
          during.get(), after, lagSeconds, (System.nanoTime() - begun) / 1e9);
    }
    return compare(configuration);
  }

  private void watch(HttpInterface http) {
    try {
      int port = http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      say("Watch it at http://127.0.0.1:%d/ while it lasts.", port);
      // A real DynamoDB does not round. What is behind by less than a minute cannot be told here.
      say("DynamoDB Local rounds times down to a minute: lag may look up to 60 s too high.");
    } catch (IOException e) {
      say("No page to watch it: %s", e.getMessage());
    }
  }

  /** How many changes that were; empty if the sync ended or took too long. */
  private static Optional<Integer> changeUntilCopied(SyncRun run, DemoData data) {
    int[] changes = {0};
    boolean copied =
        Waiting.until(
            LIMIT,
            () -> {
              data.change();
              changes[0]++;
              return run.done().isDone() || run.view().copied();
            });
    return copied && !run.done().isDone() ? Optional.of(changes[0]) : Optional.empty();
  }

  private int changeAfterCopy(SyncRun run, DemoData data) {
    long end = System.nanoTime() + goOn.toNanos();
    int changes = 0;
    while (!run.done().isDone() && (changes < CHANGES_AFTER_COPY || System.nanoTime() - end < 0)) {
      data.change();
      changes++;
    }
    return changes;
  }

  private int compare(Configuration configuration) throws StartUpException, Fault {
    say("%nComparing both sides, item by item:");
    CheckResult result = DemoSides.compare(configuration);
    DemoSides.lines(result).forEach(line -> say("%s", line));
    say(
        result.exitCode() == ExitCode.DONE
            ? "%nBoth sides are equal. To sync tables of your own see README.md."
            : "%nThe sides differ: this is a bug.");
    return result.exitCode();
  }

  private void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
