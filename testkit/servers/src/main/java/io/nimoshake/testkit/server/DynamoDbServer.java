package io.nimoshake.testkit.server;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * DynamoDB Local in a child JVM, in memory, on a free port of the loopback interface. It ends when
 * closed and when this JVM ends. It takes any credentials (of letters and digits) and any region.
 *
 * <p>Differs from the service: a stream has one open shard, which never splits and rolls over only
 * on {@link #rollShards}; ShardFilter is ignored; trimmed data is answered with
 * ResourceNotFoundException. It becomes slow with several streamed tables in one database: give
 * each such table a server or, without {@link Options#sharedDb}, an access key of its own.
 */
public final class DynamoDbServer implements AutoCloseable {
  /**
   * @param sharedDb one database for all; else one for each pair of access key and region
   * @param heapMegabytes the child's largest heap; the data is in it
   */
  public record Options(boolean sharedDb, int heapMegabytes) {
    /** Not shared, 768 MB. */
    public static final Options DEFAULT = new Options(false, 768);

    /** The same, with one database for all credentials and regions. */
    public Options shared() {
      return new Options(true, heapMegabytes);
    }

    /** The same, with another heap. */
    public Options withHeapMegabytes(int megabytes) {
      return new Options(sharedDb, megabytes);
    }
  }

  private final ChildProcess child;

  private DynamoDbServer(ChildProcess child) {
    this.child = child;
  }

  /** Starts one with {@link Options#DEFAULT}. */
  public static DynamoDbServer start() {
    return start(Options.DEFAULT);
  }

  /**
   * Returns when it takes requests.
   *
   * @throws MissingServerException if it is not on this machine: it may not be redistributed
   * @throws IllegalStateException if it does not start
   */
  public static DynamoDbServer start(Options options) {
    Path lib = ServerJars.find("dynamodb-local", "DynamoDB Local");
    List<String> arguments = new ArrayList<>(List.of("-inMemory", "-disableTelemetry"));
    if (options.sharedDb()) {
      arguments.add("-sharedDb");
    }
    return new DynamoDbServer(
        ChildProcess.start(
            "DynamoDB Local", lib, DynamoDbChild.class, options.heapMegabytes(), arguments));
  }

  /** Where it listens, as the SDK's endpoint override. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + child.port());
  }

  /** The port of {@link #endpoint}. */
  public int port() {
    return child.port();
  }

  /** The child's process id. */
  public long pid() {
    return child.pid();
  }

  /** Closes the open shard of every stream and opens its child. */
  public void rollShards() {
    child.command("roll");
  }

  /**
   * Makes everything in the streams older, so that retention can end without waiting for it: past
   * 24 h records can no longer be read, though their shards stay listed. Shards older than 4 h roll
   * over, and iterators expire as if the time had passed.
   */
  public void ageStreams(Duration by) {
    child.command("dilate " + by.toMillis());
  }

  @Override
  public void close() {
    child.close();
  }
}
