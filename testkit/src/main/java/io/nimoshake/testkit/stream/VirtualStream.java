package io.nimoshake.testkit.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One stream's tree of virtual shards, filled from the real stream whenever a call could show
 * something new. Every record is in exactly one shard: the one that owned its key's hash when it
 * was read from the real stream. Safe for several threads: one at a time.
 */
final class VirtualStream {
  private static final long HASHES = 1L << 32;
  private static final int PAGE_BYTES = 1 << 20;
  private static final int MOST_POLLS = 8;
  // Leaves room for shards that begin between two records.
  private static final int EXTRA_DIGITS = 3;
  private static final int SEQUENCE_DIGITS = 21;

  private final RealStream real;
  private final ReshardingOptions options;
  private final Map<String, VirtualShard> shards = new LinkedHashMap<>();
  private final NavigableMap<Long, VirtualShard> owners = new TreeMap<>();
  private final TreeSet<String> readTooEarly = new TreeSet<>();
  private final SplittableRandom ids;
  private String lastSequence = "0".repeat(SEQUENCE_DIGITS + EXTRA_DIGITS);
  private long recordsSeen;
  private long describeCalls;
  private long lastPollNanos = Long.MIN_VALUE;
  private boolean polled;

  /**
   * @param name tells it from the endpoint's other streams; shard ids differ by it
   */
  VirtualStream(String name, RealStream real, ReshardingOptions options)
      throws IOException, InterruptedException, StreamError {
    this.real = real;
    this.options = options;
    ids = new SplittableRandom(options.seed * 31 + name.hashCode());
    // Nothing to be learnt from it, but a stream that does not exist has no tree.
    real.describe();
    add(Optional.empty(), 0, HASHES, 0);
  }

  /** Sequence numbers are numbers, whatever their length. */
  static int compare(String one, String other) {
    return one.length() == other.length()
        ? one.compareTo(other)
        : new BigInteger(one).compareTo(new BigInteger(other));
  }

  /** DescribeStream's answer. */
  synchronized ObjectNode describe(JsonNode request)
      throws IOException, InterruptedException, StreamError {
    catchUp(false);
    long call = describeCalls++;
    JsonNode filter = request.path("ShardFilter");
    boolean filtered = options.childFilter && filter.path("Type").asText().equals("CHILD_SHARDS");
    List<VirtualShard> listed = new ArrayList<>();
    for (VirtualShard shard : shards.values()) {
      if (shard.isListed(call)
          && (!filtered
              || shard
                  .parent()
                  .filter(p -> p.id().equals(filter.path("ShardId").asText()))
                  .isPresent())) {
        listed.add(shard);
      }
    }
    int from = 0;
    if (request.path("ExclusiveStartShardId").isTextual()) {
      String after = request.path("ExclusiveStartShardId").asText();
      while (from < listed.size() && listed.get(from).id().compareTo(after) <= 0) {
        from++;
      }
    }
    int limit = Math.min(options.listedShards, request.path("Limit").asInt(100));
    int to = Math.min(listed.size(), from + limit);
    ObjectNode description = real.describe();
    ArrayNode page = description.putArray("Shards");
    listed.subList(from, to).forEach(shard -> page.add(shard.describe(call)));
    if (to < listed.size()) {
      description.put("LastEvaluatedShardId", listed.get(to - 1).id());
    }
    ObjectNode answer = Json.object();
    answer.set("StreamDescription", description);
    return answer;
  }

  /** Where GetShardIterator's iterator points to. */
  synchronized int position(String shardId, JsonNode request)
      throws IOException, InterruptedException, StreamError {
    catchUp(false);
    VirtualShard shard = existing(shardId);
    String sequence = request.path("SequenceNumber").asText();
    String type = request.path("ShardIteratorType").asText();
    return switch (type) {
      case "TRIM_HORIZON" -> shard.trimmed();
      case "LATEST" -> shard.records();
      case "AT_SEQUENCE_NUMBER" -> shard.indexOf(sequence, false);
      case "AFTER_SEQUENCE_NUMBER" -> shard.indexOf(sequence, true);
      default -> throw StreamError.invalid("ShardIteratorType " + type);
    };
  }

  /**
   * A page of GetRecords.
   *
   * @param next where the next page begins; empty after the shard's last page
   */
  record Page(List<ObjectNode> records, Optional<Integer> next) {}

  /** The page that begins at a position. */
  synchronized Page page(String shardId, int position, int limit)
      throws IOException, InterruptedException, StreamError {
    VirtualShard shard = existing(shardId);
    if (shard.isOpen() && position >= shard.records()) {
      catchUp(false);
    }
    if (position < shard.trimmed()) {
      throw StreamError.trimmed();
    }
    boolean early = shard.parent().filter(p -> !p.isForgotten() && !p.isReadToItsEnd()).isPresent();
    if (early) {
      readTooEarly.add(shardId);
    }
    if (isEmptyPage(shard)) {
      return new Page(List.of(), Optional.of(position));
    }
    List<ObjectNode> records = new ArrayList<>();
    int most = Math.min(limit, options.pageRecords);
    long bytes = 0;
    int next = position;
    while (next < shard.records() && records.size() < most) {
      bytes += shard.recordBytes(next);
      if (bytes > PAGE_BYTES && !records.isEmpty()) {
        break;
      }
      records.add(shard.record(next));
      next++;
    }
    shard.markGiven(position, next);
    boolean last = !shard.isOpen() && next == shard.records();
    if (last && (records.isEmpty() || endsWithRecords(shard))) {
      shard.markReadToItsEnd();
      return new Page(records, Optional.empty());
    }
    return new Page(records, Optional.of(next));
  }

  synchronized boolean holds(String shardId) {
    return shards.containsKey(shardId);
  }

  synchronized List<ShardView> view() throws IOException, InterruptedException, StreamError {
    catchUp(true);
    return shards.values().stream()
        .map(
            shard ->
                new ShardView(
                    shard.id(),
                    shard.parent().map(VirtualShard::id),
                    shard.generation(),
                    shard.isOpen(),
                    shard.records(),
                    shard.isReadToItsEnd()))
        .toList();
  }

  synchronized List<String> readTooEarly() {
    return List.copyOf(readTooEarly);
  }

  /** Ends an open shard; what was written before the call is in it, what comes after is not. */
  synchronized void reshard(String shardId, Resharding.Act act)
      throws IOException, InterruptedException, StreamError {
    catchUp(true);
    VirtualShard shard = existing(shardId);
    if (!shard.isOpen()) {
      throw new IllegalArgumentException(shardId + " is closed");
    }
    carryOut(act, shard);
  }

  synchronized void trim(String shardId, int count)
      throws IOException, InterruptedException, StreamError {
    catchUp(true);
    existing(shardId).trim(count);
  }

  synchronized void forget(String shardId) throws StreamError {
    VirtualShard shard = existing(shardId);
    if (shard.isOpen()) {
      throw new IllegalArgumentException(shardId + " is open");
    }
    shard.forget();
  }

  private void catchUp(boolean now) throws IOException, InterruptedException, StreamError {
    if (!now && polled && System.nanoTime() - lastPollNanos < options.pollEvery.toNanos()) {
      return;
    }
    // Under steady writes there is always more: only who must know everything reads on.
    List<ObjectNode> records = real.poll();
    for (int polls = 1; !records.isEmpty() && (now || polls < MOST_POLLS); polls++) {
      records.forEach(this::take);
      records = real.poll();
    }
    records.forEach(this::take);
    if (real.ended()) {
      owners.values().forEach(shard -> shard.close(describeCalls));
      owners.clear();
    }
    polled = true;
    lastPollNanos = System.nanoTime();
  }

  private void take(ObjectNode record) {
    ObjectNode change = (ObjectNode) record.path("dynamodb");
    String sequence = change.path("SequenceNumber").asText() + "0".repeat(EXTRA_DIGITS);
    change.put("SequenceNumber", sequence);
    lastSequence = sequence;
    if (options.timesToTheSecond) {
      change.put("ApproximateCreationDateTime", options.clock.millis() / 1000);
    }
    VirtualShard shard = owners.floorEntry(hash(change.path("Keys"))).getValue();
    shard.add(sequence, record);
    carryOut(options.resharding.after(++recordsSeen, shard.records(), owners.size()), shard);
  }

  private void carryOut(Resharding.Act act, VirtualShard shard) {
    if (act == Resharding.Act.KEEP) {
      return;
    }
    shard.close(describeCalls + options.endShownAfter);
    owners.remove(shard.fromHash());
    long listedFrom = describeCalls + options.childrenListedAfter;
    long middle = (shard.fromHash() + shard.toHash()) >>> 1;
    if (act == Resharding.Act.SPLIT && middle > shard.fromHash()) {
      add(Optional.of(shard), shard.fromHash(), middle, listedFrom);
      add(Optional.of(shard), middle, shard.toHash(), listedFrom);
    } else {
      add(Optional.of(shard), shard.fromHash(), shard.toHash(), listedFrom);
    }
  }

  private void add(Optional<VirtualShard> parent, long fromHash, long toHash, long listedFrom) {
    // One more than anything there is, so that it lies after its parent's end and its siblings'
    // beginning, and as long as the others.
    String start = new BigInteger(lastSequence).add(BigInteger.ONE).toString();
    lastSequence = "0".repeat(Math.max(0, lastSequence.length() - start.length())) + start;
    // Ids in the order of creation, as the service's are.
    int number = shards.size() + 1;
    String id = "shardId-%020d-%08x".formatted(number, ids.nextInt());
    VirtualShard shard =
        new VirtualShard(number, id, parent, fromHash, toHash, lastSequence, listedFrom);
    shards.put(id, shard);
    owners.put(fromHash, shard);
  }

  private VirtualShard existing(String shardId) throws StreamError {
    VirtualShard shard = shards.get(shardId);
    if (shard == null || shard.isForgotten()) {
      throw StreamError.resourceNotFound("Shard " + shardId);
    }
    return shard;
  }

  private boolean isEmptyPage(VirtualShard shard) {
    long number = shard.nextPageNumber();
    return new SplittableRandom(options.seed * 31 + shard.number() * 1_000_003L + number)
            .nextDouble()
        < options.emptyPages;
  }

  private boolean endsWithRecords(VirtualShard shard) {
    return switch (options.lastPages) {
      case WITH_RECORDS -> true;
      case EMPTY -> false;
      case MIXED -> (shard.number() & 1) == 0;
    };
  }

  /** Of the key's names and values, in the order of names; 0 to {@link #HASHES} exclusive. */
  private static long hash(JsonNode keys) {
    TreeSet<String> names = new TreeSet<>();
    keys.fieldNames().forEachRemaining(names::add);
    long hash = 0;
    for (String name : names) {
      hash = hash * 31 + (name + keys.get(name)).hashCode();
    }
    return new SplittableRandom(hash).nextLong() & (HASHES - 1);
  }
}
