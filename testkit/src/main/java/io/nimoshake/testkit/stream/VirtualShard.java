package io.nimoshake.testkit.stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A shard of a {@link VirtualStream}, which guards it: its monitor is held for every call. */
final class VirtualShard {
  private record Entry(String sequence, ObjectNode record, int bytes) {}

  private final int number;
  private final String id;
  private final Optional<VirtualShard> parent;
  private final long fromHash;
  private final long toHash;
  private final String start;
  private final long listedFrom;
  private final List<Entry> entries = new ArrayList<>();
  private Optional<String> end = Optional.empty();
  private int trimmed;
  private boolean forgotten;
  private boolean readToItsEnd;
  private int given;
  private long endShownFrom;
  private long pagesServed;

  /**
   * @param number in the order of creation, from 1
   * @param fromHash first hash of a key that it owns
   * @param toHash the hash after the last
   * @param start its StartingSequenceNumber
   * @param listedFrom the first call of DescribeStream that shows it
   */
  VirtualShard(
      int number,
      String id,
      Optional<VirtualShard> parent,
      long fromHash,
      long toHash,
      String start,
      long listedFrom) {
    this.number = number;
    this.id = id;
    this.parent = parent;
    this.fromHash = fromHash;
    this.toHash = toHash;
    this.start = start;
    this.listedFrom = listedFrom;
  }

  int number() {
    return number;
  }

  String id() {
    return id;
  }

  Optional<VirtualShard> parent() {
    return parent;
  }

  long fromHash() {
    return fromHash;
  }

  long toHash() {
    return toHash;
  }

  boolean isOpen() {
    return end.isEmpty();
  }

  int records() {
    return entries.size();
  }

  void add(String sequence, ObjectNode record) {
    entries.add(new Entry(sequence, record, Json.bytes(record).length));
  }

  ObjectNode record(int index) {
    return entries.get(index).record();
  }

  int recordBytes(int index) {
    return entries.get(index).bytes();
  }

  /**
   * @param shownFrom the first call of DescribeStream that shows that it is closed
   */
  void close(long shownFrom) {
    end = Optional.of(entries.isEmpty() ? start : entries.get(entries.size() - 1).sequence());
    endShownFrom = shownFrom;
  }

  /** The service no longer has its first records. */
  void trim(int count) {
    trimmed = Math.max(trimmed, Math.min(count, entries.size()));
  }

  int trimmed() {
    return trimmed;
  }

  void forget() {
    forgotten = true;
  }

  boolean isForgotten() {
    return forgotten;
  }

  boolean isListed(long describeCall) {
    return !forgotten && describeCall >= listedFrom;
  }

  void markReadToItsEnd() {
    readToItsEnd = true;
  }

  /** Records from one index to before another were given to a reader. */
  void markGiven(int from, int to) {
    if (from <= given) {
      given = Math.max(given, to);
    }
  }

  /** Whether a reader has been told that there is no more, or was given all there will ever be. */
  boolean isReadToItsEnd() {
    return readToItsEnd || (!isOpen() && !entries.isEmpty() && given == entries.size());
  }

  long nextPageNumber() {
    return pagesServed++;
  }

  int generation() {
    return parent.map(shard -> shard.generation() + 1).orElse(0);
  }

  /** Index of the first record at or after a sequence number that lies in this shard. */
  int indexOf(String sequence, boolean after) throws StreamError {
    boolean tooLow = VirtualStream.compare(sequence, start) < 0;
    boolean tooHigh = end.isPresent() && VirtualStream.compare(sequence, end.get()) > 0;
    if (tooLow || tooHigh) {
      throw StreamError.invalid("SequenceNumber " + sequence + " is not in shard " + id);
    }
    int index = 0;
    while (index < entries.size()) {
      int order = VirtualStream.compare(entries.get(index).sequence(), sequence);
      if (order > 0 || order == 0 && !after) {
        break;
      }
      index++;
    }
    if (index < trimmed) {
      throw StreamError.trimmed();
    }
    return index;
  }

  /** As DescribeStream shows it. */
  ObjectNode describe(long describeCall) {
    ObjectNode shard = Json.object().put("ShardId", id);
    ObjectNode range = shard.putObject("SequenceNumberRange").put("StartingSequenceNumber", start);
    if (end.isPresent() && describeCall >= endShownFrom) {
      range.put("EndingSequenceNumber", end.get());
    }
    parent.ifPresent(other -> shard.put("ParentShardId", other.id()));
    return shard;
  }
}
