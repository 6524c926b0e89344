package io.nimoshake.testkit.canned;

import io.nimoshake.testkit.wire.SocketServer;
import io.nimoshake.testkit.wire.WireMessage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * A MongoDB that acknowledges every write, counts it and forgets it. Collections that were written
 * to or created are there, and empty when they are read. It says it is a standalone server of
 * version 7.0 without sessions. Commands it does not know are refused as MongoDB does. A delete of
 * whatever matches is acknowledged and not counted, as it is not known how many that would be.
 *
 * <p>Not for checkpoints, which must be kept: those go to a file or to a real server.
 */
public final class CannedMongo implements AutoCloseable {
  /** Told of each document of an insert, and each statement of an update or delete. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Called on many threads, before the write is acknowledged.
     *
     * @param bytes hold the BSON from {@code offset} for {@code length} bytes during this call
     */
    void written(byte[] bytes, int offset, int length);
  }

  private static final int COMMAND_NOT_FOUND = 59;

  /** The names commands have for the documents they bring. */
  private static final Map<String, String> WRITES =
      Map.of("insert", "documents", "update", "updates", "delete", "deletes");

  private final SocketServer server;
  private final Listener listener;
  private final Map<String, LongAdder> collections = new ConcurrentHashMap<>();
  private final LongAdder writtenBytes = new LongAdder();
  private final Object progress = new Object();
  private long written;
  private long firstWriteNanos;
  private long lastWriteNanos;

  private CannedMongo(Listener listener) {
    this.listener = listener;
    this.server = SocketServer.start("canned-mongo", this::serve);
  }

  /** Returns when it takes connections. */
  public static CannedMongo start() {
    return start((bytes, offset, length) -> {});
  }

  public static CannedMongo start(Listener listener) {
    return new CannedMongo(listener);
  }

  /** Where it listens, as a connection string. */
  public String uri() {
    return "mongodb://127.0.0.1:" + server.port();
  }

  /** Documents inserted, updated or deleted so far, in all collections. */
  public long written() {
    synchronized (progress) {
      return written;
    }
  }

  /** Documents inserted, updated or deleted so far in one collection. */
  public long written(String database, String collection) {
    LongAdder count = collections.get(database + "." + collection);
    return count == null ? 0 : count.sum();
  }

  /** Bytes of the documents and statements so far. */
  public long writtenBytes() {
    return writtenBytes.sum();
  }

  /** When the first write came, as {@link System#nanoTime} had it; empty before it. */
  public Optional<Long> firstWriteNanos() {
    synchronized (progress) {
      return written == 0 ? Optional.empty() : Optional.of(firstWriteNanos);
    }
  }

  /** When the last write came, as {@link System#nanoTime} had it; empty before it. */
  public Optional<Long> lastWriteNanos() {
    synchronized (progress) {
      return written == 0 ? Optional.empty() : Optional.of(lastWriteNanos);
    }
  }

  /** Waits until so many were written; false if they were not in that time. */
  public boolean awaitWritten(long count, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    synchronized (progress) {
      while (written < count) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          return false;
        }
        progress.wait(millis);
      }
      return true;
    }
  }

  /** As if it were new; not to be called while clients write. */
  public void reset() {
    collections.clear();
    writtenBytes.reset();
    synchronized (progress) {
      written = 0;
    }
  }

  @Override
  public void close() {
    server.close();
  }

  private void serve(Socket socket) throws IOException {
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
    OutputStream out = socket.getOutputStream();
    WireMessage message = new WireMessage();
    while (message.read(in)) {
      byte[] answer = BsonReply.document(carryOut(message));
      if (message.wantsAnswer()) {
        out.write(message.answer(answer));
      }
    }
  }

  private Map<?, ?> carryOut(WireMessage message) {
    String command = message.command();
    String database = message.text("$db").orElse("admin");
    String collection = message.text(command).orElse("");
    String namespace = database + "." + collection;
    return switch (command) {
      case "hello", "isMaster", "ismaster" -> hello();
      case "buildInfo", "buildinfo" ->
          Map.of("version", "7.0.0", "versionArray", List.of(7, 0, 0, 0), "ok", 1.0);
      case "insert", "update", "delete" -> write(message, command, namespace);
      case "create" -> {
        collections.computeIfAbsent(namespace, name -> new LongAdder());
        yield Map.of("ok", 1.0);
      }
      case "drop" -> {
        collections.remove(namespace);
        yield Map.of("ok", 1.0);
      }
      case "listCollections" -> cursor(database + ".$cmd.listCollections", names(database));
      case "listIndexes" ->
          cursor(namespace, List.of(Map.of("v", 2, "key", Map.of("_id", 1), "name", "_id_")));
      case "find" -> cursor(namespace, List.of());
      case "aggregate" -> cursor(namespace, List.of(Map.of("_id", 1, "n", count(namespace))));
      case "count" -> Map.of("n", count(namespace), "ok", 1.0);
      case "ping", "endSessions", "createIndexes", "dropIndexes", "killCursors" ->
          Map.of("ok", 1.0);
      default ->
          Map.of(
              "ok",
              0.0,
              "errmsg",
              "no such command: '" + command + "'",
              "code",
              COMMAND_NOT_FOUND,
              "codeName",
              "CommandNotFound");
    };
  }

  private static Map<?, ?> hello() {
    return Map.of(
        "ismaster",
        true,
        "isWritablePrimary",
        true,
        "maxBsonObjectSize",
        16 * 1024 * 1024,
        "maxMessageSizeBytes",
        WireMessage.MAX_BYTES,
        "maxWriteBatchSize",
        100_000,
        "minWireVersion",
        0,
        "maxWireVersion",
        21,
        "readOnly",
        false,
        "ok",
        1.0);
  }

  private Map<?, ?> write(WireMessage message, String command, String namespace) {
    int count = 0;
    long bytes = 0;
    for (int at = message.firstDocument(WRITES.get(command));
        at > 0;
        at = message.nextDocument(at)) {
      int length = message.length(at);
      if (!message.isOfMany(at)) {
        listener.written(message.bytes(), at, length);
        count++;
        bytes += length;
      }
    }
    collections.computeIfAbsent(namespace, name -> new LongAdder()).add(count);
    writtenBytes.add(bytes);
    synchronized (progress) {
      lastWriteNanos = System.nanoTime();
      if (written == 0) {
        firstWriteNanos = lastWriteNanos;
      }
      written += count;
      progress.notifyAll();
    }
    return command.equals("update")
        ? Map.of("n", count, "nModified", count, "ok", 1.0)
        : Map.of("n", count, "ok", 1.0);
  }

  private int count(String namespace) {
    LongAdder count = collections.get(namespace);
    return count == null ? 0 : count.intValue();
  }

  private List<Map<?, ?>> names(String database) {
    return collections.keySet().stream()
        .filter(name -> name.startsWith(database + "."))
        .<Map<?, ?>>map(
            name -> Map.of("name", name.substring(database.length() + 1), "type", "collection"))
        .toList();
  }

  private static Map<?, ?> cursor(String namespace, List<Map<?, ?>> batch) {
    return Map.of("cursor", Map.of("firstBatch", batch, "id", 0L, "ns", namespace), "ok", 1.0);
  }
}
