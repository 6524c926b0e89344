package io.nimoshake.testkit.sim;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A table as it really is: an item is its key and the version of its last change. */
final class SimTable {
  private static final int REMEMBERED_SCANS = 8;

  final String name;
  final TableSchema schema;
  final TreeMap<String, Long> items = new TreeMap<>();

  /** Keys that a Scan has returned a moment ago: changes of these are the dangerous ones. */
  final ArrayDeque<String> lastScanned = new ArrayDeque<>();

  /** The stream that was enabled last, open or closed. */
  Optional<SimStream> stream = Optional.empty();

  boolean exists = true;

  /** When it was created or deleted last. */
  long changedNanos = Long.MIN_VALUE / 2;

  boolean wasDeleted;

  /** Whether changes were made that no stream has, so that only a new copy could bring them. */
  boolean hasUnstreamedChanges;

  /** How long after its creation a record may be read at the earliest. */
  Duration lateBy = Duration.ZERO;

  /** By how much the clocks of the service's machines differ from each other, at most. */
  Duration clocksDiffer = Duration.ZERO;

  private boolean changesLost;

  /** All changes since it was created, in any stream or in none. */
  private final List<SimShard.Rec> changes = new ArrayList<>();

  private Optional<Instant> created = Optional.empty();
  private final Instant begun;

  /** By ARN: all that there ever were. */
  private final Map<String, SimStream> streams = new HashMap<>();

  private final SimLoop loop;
  private final Duration skew;
  private final boolean wholeSeconds;
  private long version;

  /**
   * @param skew by how much the service's clock is ahead of the process's
   * @param wholeSeconds whether creation times of records are cut to seconds
   */
  SimTable(String name, SimLoop loop, Duration skew, boolean wholeSeconds) {
    this.name = name;
    this.loop = loop;
    this.skew = skew;
    this.wholeSeconds = wholeSeconds;
    this.begun = loop.now();
    this.schema =
        new TableSchema(
            name,
            new KeyAttribute("k", KeyAttribute.Type.S),
            Optional.empty(),
            List.of(),
            100,
            10_000);
  }

  /** Enables a stream, or another one. */
  void enableStream(int firstShards, boolean trimmedParents) {
    SimStream enabled =
        new SimStream("arn-" + (streams.size() + 1), firstShards, trimmedParents, loop);
    streams.put(enabled.arn, enabled);
    stream = Optional.of(enabled);
    hasUnstreamedChanges = false;
    loop.trace("source: " + name + " has stream " + enabled.arn);
  }

  /** Some changes cannot be read any more, or may be: a new copy is the right answer. */
  void loseChanges() {
    changesLost = true;
  }

  /** Whether changes may ever have been lost. */
  boolean hasLostChanges() {
    return changesLost
        || wasDeleted
        || streams.size() > 1
        || streams.values().stream().anyMatch(SimStream::hasExpired);
  }

  boolean isStreamed() {
    return stream.filter(s -> s.open).isPresent();
  }

  void disableStream() {
    stream.filter(s -> s.open).ifPresent(SimStream::disable);
    loseChanges();
    loop.trace("source: " + name + " has no stream any more");
  }

  SimStream stream(String arn) {
    SimStream found = streams.get(arn);
    if (found == null) {
      throw new SimFailure(name + " never had a stream " + arn);
    }
    return found;
  }

  /** Its stream can be read for some time; its items are kept to compare with. */
  void drop() {
    disableStream();
    exists = false;
    wasDeleted = true;
    changedNanos = loop.nanoTime();
    loop.trace("source: " + name + " is deleted");
  }

  /** Creates it, empty, without a stream. */
  void create() {
    items.clear();
    changes.clear();
    created = Optional.of(serviceTime());
    lastScanned.clear();
    stream = Optional.empty();
    exists = true;
    changedNanos = loop.nanoTime();
    loop.trace("source: " + name + " is created");
  }

  Instant serviceTime() {
    return loop.now().plus(skew);
  }

  /** When it was that the service's clock had this time. */
  Instant loopTime(Instant serviceTime) {
    return serviceTime.minus(skew);
  }

  /** The service's clock as one of its machines has it. */
  Instant shownTime() {
    long most = clocksDiffer.toMillis();
    return serviceTime().plusMillis(most == 0 ? 0 : loop.random().between((int) -most, (int) most));
  }

  /** Whether a record can be read already. */
  boolean isShown(SimShard.Rec rec) {
    return lateBy.isZero() || !rec.time().plus(lateBy).isAfter(serviceTime());
  }

  static int hashOf(String key) {
    int h = key.hashCode() * 0x9E3779B9;
    return (h >>> 24) % SimStream.HASHES;
  }

  void put(String key) {
    items.put(key, ++version);
    record(key, false);
  }

  void delete(String key) {
    if (items.remove(key) != null) {
      version++;
      record(key, true);
    }
  }

  private void record(String key, boolean delete) {
    if (loop.isTracing()) {
      loop.trace("source: " + name + " " + key + "@" + version + (delete ? " deleted" : ""));
    }
    changes.add(new SimShard.Rec(0, key, version, delete, serviceTime()));
    if (isStreamed()) {
      SimStream s = stream.get();
      Instant time = serviceTime();
      if (wholeSeconds) {
        time = Instant.ofEpochSecond(time.getEpochSecond());
      }
      s.ownerOf(hashOf(key))
          .records
          .add(new SimShard.Rec(s.nextSequence(), key, version, delete, time));
    } else {
      hasUnstreamedChanges = true;
    }
  }

  /** All changes since it was created. */
  List<SimShard.Rec> changes() {
    return changes;
  }

  /**
   * Since when its past is kept.
   *
   * @param after how long after its beginning, unless it was created since
   */
  Instant recordedSince(Duration after) {
    return created.orElse(begun.plus(skew).plus(after));
  }

  /** What a scan or an export reads. */
  Change scanned(String key, long version) {
    noteScanned(key);
    return upsert(key, version);
  }

  private void noteScanned(String key) {
    lastScanned.addLast(key);
    if (lastScanned.size() > REMEMBERED_SCANS) {
      lastScanned.removeFirst();
    }
  }

  Map.Entry<String, Long> next(String afterKey) {
    return afterKey == null ? items.firstEntry() : items.higherEntry(afterKey);
  }

  // --- how an item looks on its way ------------------------------------------------------------

  static Change upsert(String key, long version) {
    byte[] text = (key + "@" + version).getBytes(StandardCharsets.UTF_8);
    return new Change.Upsert(keyOf(key, version), Slice.of(text));
  }

  static Change delete(String key, long version) {
    return new Change.Delete(keyOf(key, version));
  }

  /**
   * A key whose array holds the version of the change behind the bytes that count: a delete has no
   * document that could say which delete it is.
   */
  private static ItemKey keyOf(String key, long version) {
    byte[] text = key.getBytes(StandardCharsets.UTF_8);
    byte[] array = ByteBuffer.allocate(text.length + Long.BYTES).put(text).putLong(version).array();
    return new ItemKey(new Slice(array, 0, text.length));
  }

  static String keyOf(Change change) {
    return change.key().encoded().toUtf8();
  }

  static long versionOf(Change change) {
    Slice key = change.key().encoded();
    return ByteBuffer.wrap(key.array()).getLong(key.offset() + key.length());
  }
}
