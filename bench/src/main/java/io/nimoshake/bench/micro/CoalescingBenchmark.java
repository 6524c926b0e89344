package io.nimoshake.bench.micro;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Makes a batch of distinct keys from a page of 1,000 records. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CoalescingBenchmark {
  private static final int RECORDS = 1_000;

  @Param({"1000", "100", "1"})
  public int distinctKeys;

  private final Instant time = Instant.ofEpochSecond(1_700_000_000);
  private byte[][] keys;
  private Slice document;

  @Setup
  public void setUp() {
    document = Slice.of(new byte[1_000]);
    List<byte[]> made = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      made.add(Slice.utf8("a key of some length " + i % distinctKeys).copy());
    }
    keys = made.toArray(new byte[0][]);
  }

  @Benchmark
  public ChangeBatch coalesce() {
    ChangeBatch.Builder batch = ChangeBatch.builder();
    for (byte[] key : keys) {
      // A slice caches its hash. Each record gets its own slice, as after decoding.
      batch.add(new Change.Upsert(new ItemKey(Slice.of(key)), document), time);
    }
    return batch.build(Position.END);
  }
}
