package io.nimoshake.core;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers what a test has put in, and checks that its readers are used as the port says. */
public final class FakeSource implements Source {
  public final Script script = new Script();
  public final Map<String, TableSchema> tables = new LinkedHashMap<>();
  public Optional<StreamHandle> stream = Optional.empty();
  public Optional<Export> export = Optional.empty();
  public ShardListing shards = new ShardListing(List.of(), true, true, ManualScheduler.START);

  /** Runs within the next read, as if something happened meanwhile. */
  public Runnable duringRead = () -> {};

  private final Map<String, Deque<Object>> pages = new HashMap<>();
  private final List<String> broken = new ArrayList<>();
  private int openReaders;
  private int opened;
  private int reads;

  /** What a split's reader gives next: batches, or faults that it throws. */
  public void pages(String splitId, Object... next) {
    pages.computeIfAbsent(splitId, id -> new ArrayDeque<>()).addAll(Arrays.asList(next));
  }

  public int openReaders() {
    return openReaders;
  }

  public int opened() {
    return opened;
  }

  public int reads() {
    return reads;
  }

  /** How readers were misused. */
  public List<String> broken() {
    return broken;
  }

  @Override
  public List<String> listTables() throws Fault {
    script.call("listTables");
    return List.copyOf(tables.keySet());
  }

  @Override
  public TableSchema describe(String table) throws Fault {
    script.call("describe", table);
    return tables.get(table);
  }

  @Override
  public Optional<StreamHandle> ensureStream(String table) throws Fault {
    script.call("ensureStream", table);
    return stream;
  }

  @Override
  public Optional<StreamHandle> currentStream(String table) throws Fault {
    script.call("currentStream", table);
    return stream;
  }

  @Override
  public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf)
      throws Fault {
    script.call("listShards", table, streamArn);
    return shards;
  }

  @Override
  public Optional<Export> export(TableSchema table, Optional<StreamHandle> stream, boolean again) {
    return again ? Optional.empty() : export;
  }

  @Override
  public Export pursue(TableSchema table, String id) throws Fault {
    script.call("pursue", table.name(), id);
    return export.orElseThrow();
  }

  @Override
  public SplitReader open(Split split, Position from) throws Fault {
    script.call("open", split.id());
    openReaders++;
    opened++;
    return new Reader(split, from);
  }

  @Override
  public void close() {}

  private final class Reader implements SplitReader {
    private final Deque<Object> left;
    private final String id;
    private Position at;
    private boolean reading;
    private boolean closed;

    Reader(Split split, Position from) {
      this.id = split.id();
      this.left = pages.computeIfAbsent(split.id(), i -> new ArrayDeque<>());
      this.at = from;
    }

    @Override
    public ChangeBatch read() throws Fault {
      if (closed || reading) {
        broken.add(id + ": read " + (closed ? "after close" : "twice at a time"));
      }
      reading = true;
      reads++;
      Runnable meanwhile = duringRead;
      duringRead = () -> {};
      meanwhile.run();
      reading = false;
      Object next = left.poll();
      if (next instanceof Fault fault) {
        throw fault;
      }
      if (next == null) {
        return ChangeBatch.builder().build(at);
      }
      ChangeBatch batch = (ChangeBatch) next;
      at = batch.position();
      return batch;
    }

    @Override
    public void close() {
      if (closed || reading) {
        broken.add(id + ": closed " + (closed ? "twice" : "under a read"));
      }
      closed = true;
      openReaders--;
    }
  }
}
