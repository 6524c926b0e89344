package io.nimoshake.testkit.server;

import java.nio.file.Path;
import java.util.List;

/**
 * mongo-java-server in a child JVM: an in-memory server that speaks MongoDB's protocol, on a free
 * port of the loopback interface. It ends when closed and when this JVM ends.
 *
 * <p>Differs from MongoDB: ordered bulk updates go on after an error, insertedCount is wrong when
 * there are duplicates, and sessions, sharding commands and {@code hello} are unknown to it.
 */
public final class MongoServer implements AutoCloseable {
  /** The child's largest heap unless said otherwise; the data is in it. */
  public static final int DEFAULT_HEAP_MEGABYTES = 768;

  private final ChildProcess child;

  private MongoServer(ChildProcess child) {
    this.child = child;
  }

  /** Starts one with {@link #DEFAULT_HEAP_MEGABYTES}. */
  public static MongoServer start() {
    return start(DEFAULT_HEAP_MEGABYTES);
  }

  /**
   * Returns when it takes connections.
   *
   * @throws MissingServerException if it is not on this machine
   * @throws IllegalStateException if it does not start
   */
  public static MongoServer start(int heapMegabytes) {
    return start(heapMegabytes, List.of());
  }

  /**
   * The same, with change streams. They are those of {@link MongoChangeLog}, and every write is
   * kept for them.
   */
  public static MongoServer startWithChangeStreams(int heapMegabytes) {
    return start(heapMegabytes, List.of(MongoChild.CHANGE_STREAMS));
  }

  private static MongoServer start(int heapMegabytes, List<String> arguments) {
    Path lib = ServerJars.find("mongo-server", "mongo-java-server");
    return new MongoServer(
        ChildProcess.start("mongo-java-server", lib, MongoChild.class, heapMegabytes, arguments));
  }

  /** Forgets every change so far: a change stream cannot start before the next one any more. */
  public void forgetChanges() {
    child.command(MongoChild.FORGET_CHANGES);
  }

  /** Where it listens, as a connection string. */
  public String uri() {
    return "mongodb://127.0.0.1:" + child.port();
  }

  /** The port of {@link #uri}. */
  public int port() {
    return child.port();
  }

  /** The child's process id. */
  public long pid() {
    return child.pid();
  }

  @Override
  public void close() {
    child.close();
  }
}
