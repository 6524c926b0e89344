package io.nimoshake.bench.micro;

import io.nimoshake.bench.report.Directories;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.StreamShard;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfSplit;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Lease;
import io.nimoshake.mongodb.checkpoint.MongoCheckpointStore;
import io.nimoshake.setup.checkpoint.FileCheckpointStore;
import io.nimoshake.testkit.server.MongoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Saves the positions of 64 shards. The store holds as many shards as the parameter says. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class CheckpointBenchmark {
  private static final String TABLE = "bench";
  private static final int SAVED = 64;
  private static final long FENCE = 1;

  @Param({"file", "mongodb"})
  public String store;

  @Param({"64", "10000"})
  public int shards;

  private final Instant now = Instant.ofEpochSecond(1_700_000_000);
  private CheckpointStore checkpoints;
  private MongoServer server;
  private Path directory;
  private int step;

  @Setup
  public void setUp() throws IOException, Fault {
    directory = Files.createTempDirectory("checkpoint");
    if (store.equals("file")) {
      checkpoints = new FileCheckpointStore(directory, TABLE);
    } else {
      server = MongoServer.start();
      checkpoints = new MongoCheckpointStore(server.uri(), "checkpoint");
    }
    Lease lease = new Lease(FENCE, "here", 1, now, now.plusSeconds(1_000_000_000));
    checkpoints.replaceLease(Optional.empty(), Optional.of(lease));
    checkpoints.load();
    List<CheckpointEntry> all = new ArrayList<>();
    all.add(
        new OfTable(
            TABLE, CheckpointEntry.Phase.COPIED, Optional.of(now), List.of("arn"), 4, true, false));
    for (int i = 0; i < shards; i++) {
      all.add(entry(i, Position.BEGINNING));
    }
    checkpoints.save(FENCE, all);
  }

  private OfSplit entry(int shard, Position position) {
    String id = "shardId-%020d-%08d".formatted(1_700_000_000_000L, shard);
    StreamShard split = new StreamShard(TABLE, "arn", id, Set.of(), Optional.empty(), Instant.MIN);
    return new OfSplit(split, position, Optional.of(now), now);
  }

  @Benchmark
  public void save() throws Fault {
    step++;
    List<CheckpointEntry> entries = new ArrayList<>();
    for (int i = 0; i < SAVED; i++) {
      int shard = (int) ((long) i * shards / SAVED);
      entries.add(entry(shard, Position.after("100000000000000000" + step)));
    }
    checkpoints.save(FENCE, entries);
  }

  @TearDown
  public void tearDown() throws IOException {
    checkpoints.close();
    if (server != null) {
      server.close();
    }
    Directories.delete(directory);
  }
}
