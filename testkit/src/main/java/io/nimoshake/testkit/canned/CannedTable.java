package io.nimoshake.testkit.canned;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A table whose items and changes are made up as they are asked for: but for its number, what an
 * item holds depends on its place in the page. Its key is the string attribute {@code id}; item
 * number <i>n</i> is there once, whatever the number of segments. Every change replaces an item by
 * one of the same size. The changes of a shard are all there from the beginning, or come while it
 * is read. The shard stays open after them.
 */
public final class CannedTable {
  /** Stands, in the text of an item, for its number; to be used in its key. */
  public static final String NUMBER = PageTemplate.NUMBER;

  private static final int MAX_PAGE_BYTES = 1_000_000;
  private static final int MAX_ITEMS = 20_000;
  private static final int MAX_RECORDS = 1_000;

  /**
   * Shards whose changes come while they are read have room for so many in the numbers of items.
   */
  private static final long ROOM = 1_000_000_000;

  private final String name;
  private final long items;
  private final int shards;
  private final long changesPerShard;
  private final LongSupplier come;
  private final PageTemplate scan;
  private final PageTemplate records;
  private final int itemBytes;

  /**
   * @param itemTexts items as DynamoDB JSON, their key first and {@link #NUMBER} at its end; used
   *     in turn
   */
  public CannedTable(
      String name, List<String> itemTexts, long items, int shards, long changesPerShard) {
    this(name, itemTexts, items, shards, changesPerShard, () -> changesPerShard);
  }

  private CannedTable(
      String name,
      List<String> itemTexts,
      long items,
      int shards,
      long changesPerShard,
      LongSupplier come) {
    this.name = name;
    this.items = items;
    this.shards = shards;
    this.changesPerShard = changesPerShard;
    this.come = come;
    this.scan = PageTemplate.of("{\"Items\":[", itemTexts, MAX_ITEMS, MAX_PAGE_BYTES);
    List<String> recordTexts = new ArrayList<>();
    for (String item : itemTexts) {
      recordTexts.add(record(item));
    }
    this.records = PageTemplate.of("{\"Records\":[", recordTexts, MAX_RECORDS, MAX_PAGE_BYTES);
    this.itemBytes = itemTexts.stream().mapToInt(String::length).sum() / itemTexts.size();
  }

  /**
   * A table whose changes come while it is read.
   *
   * @param come how many changes of each shard have come by now
   */
  public static CannedTable changing(
      String name, List<String> itemTexts, long items, int shards, LongSupplier come) {
    return new CannedTable(name, itemTexts, items, shards, ROOM, come);
  }

  private static String record(String item) {
    int key = item.indexOf("\"id\":");
    String keyText = item.substring(key, item.indexOf('}', key) + 1);
    return "{\"eventID\":\"0000000000000000"
        + PageTemplate.NUMBER
        + "\",\"eventName\":\"MODIFY\",\"eventVersion\":\"1.1\",\"eventSource\":\"aws:dynamodb\","
        + "\"awsRegion\":\"us-east-1\",\"dynamodb\":{\"ApproximateCreationDateTime\":"
        + PageTemplate.TIME
        + ",\"Keys\":{"
        + keyText
        + "},\"NewImage\":"
        + item
        + ",\"OldImage\":"
        + item
        + ",\"SequenceNumber\":\""
        + SEQUENCE_PREFIX
        + PageTemplate.NUMBER
        + "\",\"SizeBytes\":"
        + 2 * item.length()
        + ",\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"}}";
  }

  /** Makes sequence numbers of a length the service's have. */
  static final String SEQUENCE_PREFIX = "100000000";

  public String name() {
    return name;
  }

  public long items() {
    return items;
  }

  public int shards() {
    return shards;
  }

  /** Changes in all shards together. */
  public long changes() {
    return shards * changesPerShard;
  }

  long changesPerShard() {
    return changesPerShard;
  }

  /** The number after that of the last change of a shard that has come. */
  long endOfChanges(int shard) {
    return shard * changesPerShard + Math.min(changesPerShard, come.getAsLong());
  }

  PageTemplate scan() {
    return scan;
  }

  PageTemplate records() {
    return records;
  }

  String streamArn() {
    return "arn:aws:dynamodb:us-east-1:000000000000:table/"
        + name
        + "/stream/2026-01-01T00:00:00.000";
  }

  static String tableOfStream(String arn) {
    int from = arn.indexOf(":table/") + ":table/".length();
    return arn.substring(from, arn.indexOf('/', from));
  }

  String shardId(int index) {
    return "shardId-00000001700000000000-%08d".formatted(index);
  }

  static int shardIndex(String shardId) {
    return Integer.parseInt(shardId.substring(shardId.lastIndexOf('-') + 1));
  }

  /** As DescribeTable gives it. */
  String description() {
    return "{\"TableName\":\""
        + name
        + "\",\"TableStatus\":\"ACTIVE\",\"TableArn\":\"arn:aws:dynamodb:us-east-1:000000000000:table/"
        + name
        + "\",\"CreationDateTime\":1700000000,\"ItemCount\":"
        + items
        + ",\"TableSizeBytes\":"
        + items * itemBytes
        + ",\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],"
        + "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"
        + "\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":0,"
        + "\"WriteCapacityUnits\":0},\"BillingModeSummary\":{\"BillingMode\":\"PAY_PER_REQUEST\"},"
        + "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":"
        + "\"NEW_AND_OLD_IMAGES\"},\"LatestStreamLabel\":\"2026-01-01T00:00:00.000\","
        + "\"LatestStreamArn\":\""
        + streamArn()
        + "\"}";
  }
}
