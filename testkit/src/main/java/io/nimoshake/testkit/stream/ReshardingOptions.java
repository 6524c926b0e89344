package io.nimoshake.testkit.stream;

import java.time.Duration;
import java.time.InstantSource;

/**
 * How a {@link ReshardingEndpoint} behaves. Each method changes one thing and returns this; an
 * endpoint takes what is set when it starts.
 */
public final class ReshardingOptions {
  /** What the last page of a closed shard, the one without NextShardIterator, looks like. */
  public enum LastPages {
    /** It carries the last records. */
    WITH_RECORDS,
    /** It is empty, after the last records. */
    EMPTY,
    /** One or the other, by the shard. */
    MIXED
  }

  Resharding resharding = Resharding.never();
  long seed = 1;
  int pageRecords = 1000;
  double emptyPages;
  LastPages lastPages = LastPages.MIXED;
  int iteratorPages = Integer.MAX_VALUE;
  Duration iteratorLife = Duration.ofMinutes(15);
  InstantSource clock = InstantSource.system();
  int listedShards = 100;
  boolean childFilter = true;
  int childrenListedAfter;
  int endShownAfter;
  Duration latency = Duration.ZERO;
  Duration pollEvery = Duration.ZERO;
  boolean timesToTheSecond;

  private ReshardingOptions() {}

  /** As the service on a good day: large pages, no lag, and no shard changes unless told to. */
  public static ReshardingOptions calm() {
    return new ReshardingOptions();
  }

  /** All at once: small pages, empty ones, short-lived iterators, lagging listings, resharding. */
  public static ReshardingOptions nasty(long seed) {
    return calm()
        .seed(seed)
        .resharding(Resharding.seeded(seed, 0.02, 0.01).withAtMost(32))
        .pageRecords(7)
        .emptyPages(0.2)
        .iteratorPages(5)
        .listedShards(3)
        .childrenListedAfter(2)
        .endShownAfter(2);
  }

  ReshardingOptions copy() {
    return new ReshardingOptions()
        .resharding(resharding)
        .seed(seed)
        .pageRecords(pageRecords)
        .emptyPages(emptyPages)
        .lastPages(lastPages)
        .iteratorPages(iteratorPages)
        .iteratorLife(iteratorLife)
        .clock(clock)
        .listedShards(listedShards)
        .childFilter(childFilter)
        .childrenListedAfter(childrenListedAfter)
        .endShownAfter(endShownAfter)
        .latency(latency)
        .pollEvery(pollEvery)
        .timesToTheSecond(timesToTheSecond);
  }

  /** When shards split and roll over by themselves. */
  public ReshardingOptions resharding(Resharding value) {
    resharding = value;
    return this;
  }

  /** Decides on shard ids, empty pages and last pages. */
  public ReshardingOptions seed(long value) {
    seed = value;
    return this;
  }

  /** Most records in a page of GetRecords, at most 1,000. */
  public ReshardingOptions pageRecords(int most) {
    pageRecords = most;
    return this;
  }

  /** How often a page is empty although there are records, 0 to below 1. */
  public ReshardingOptions emptyPages(double probability) {
    emptyPages = probability;
    return this;
  }

  /** What the last page of a closed shard looks like. */
  public ReshardingOptions lastPages(LastPages value) {
    lastPages = value;
    return this;
  }

  /** After how many pages read on from one iterator ExpiredIteratorException is answered. */
  public ReshardingOptions iteratorPages(int pages) {
    iteratorPages = pages;
    return this;
  }

  /** After what time, by the clock, an iterator that was given out has expired. */
  public ReshardingOptions iteratorLife(Duration value) {
    iteratorLife = value;
    return this;
  }

  /** The clock by which iterators expire. */
  public ReshardingOptions clock(InstantSource value) {
    clock = value;
    return this;
  }

  /** Most shards in a page of DescribeStream, at most 100. */
  public ReshardingOptions listedShards(int most) {
    listedShards = most;
    return this;
  }

  /** Whether ShardFilter CHILD_SHARDS is honoured; if not, all shards are listed. */
  public ReshardingOptions childFilter(boolean honoured) {
    childFilter = honoured;
    return this;
  }

  /** How many calls of DescribeStream do not show a child yet. */
  public ReshardingOptions childrenListedAfter(int calls) {
    childrenListedAfter = calls;
    return this;
  }

  /** How many calls of DescribeStream show a closed shard as if it were open. */
  public ReshardingOptions endShownAfter(int calls) {
    endShownAfter = calls;
    return this;
  }

  /** How long GetRecords takes at least, so that throughput is bounded by the shard. */
  public ReshardingOptions latency(Duration value) {
    latency = value;
    return this;
  }

  /**
   * Whether a record's creation time is the second in which it was first seen, by the clock:
   * DynamoDB Local tells only the minute, the service the second.
   */
  public ReshardingOptions timesToTheSecond(boolean value) {
    timesToTheSecond = value;
    return this;
  }

  /** How long the real stream is left alone after it was read; by default not at all. */
  public ReshardingOptions pollEvery(Duration value) {
    pollEvery = value;
    return this;
  }
}
