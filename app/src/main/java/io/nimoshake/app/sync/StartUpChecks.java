package io.nimoshake.app.sync;

import com.mongodb.MongoTimeoutException;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Source;
import io.nimoshake.mongodb.MongoConnection;
import io.nimoshake.mongodb.MongoTargetSettings;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What must hold before a sync touches anything. */
public final class StartUpChecks {
  /** How long a server may take to be found. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  private StartUpChecks() {}

  /** The source answers, lets us in, and has the tables that were named. */
  public static void source(Source source, Set<String> required) throws StartUpException {
    List<String> tables;
    try {
      tables = source.listTables();
    } catch (Fault e) {
      String message = "source: " + e.getMessage();
      throw e.isRetryable()
          ? StartUpException.unreachable(message, e)
          : StartUpException.refused(message, e);
    }
    Set<String> missing = new TreeSet<>(required);
    tables.forEach(missing::remove);
    if (!missing.isEmpty()) {
      throw StartUpException.refused(
          "filter.collection.white: the source has no table " + String.join(", ", missing), null);
    }
  }

  /** The target answers, lets us in, and is sharded if the configuration says so. */
  public static void target(MongoTargetSettings settings) throws StartUpException {
    check(
        () -> MongoConnection.check("target", settings.uri(), settings.database(), false, ANSWER));
    if (settings.sharded()) {
      check(
          () -> MongoConnection.check("target", settings.uri(), settings.database(), true, ANSWER));
    }
  }

  public static void checkpoints(MongoCheckpointStore store) throws StartUpException {
    check(() -> store.check(ANSWER));
  }

  private interface Check {
    void run() throws Fault.Fatal;
  }

  private static void check(Check check) throws StartUpException {
    try {
      check.run();
    } catch (Fault.Fatal e) {
      throw e.getCause() instanceof MongoTimeoutException
          ? StartUpException.unreachable(e.getMessage(), e)
          : StartUpException.refused(e.getMessage(), e);
    }
  }
}
