package io.nimoshake.app.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.setup.LeaseHolder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;

/**
 * The sync with the same {@code id}. Its lease says whether it runs, its checkpoint says which
 * tables are copied, and its HTTP interface says how far it is behind. Changes nothing.
 */
public final class RunningSyncBeside implements SyncBeside {
  /** Names of tables need no escape. */
  private static final String CHANGED = "/api/v1/cutover/changed?table=";

  private final CheckpointStore store;
  private final SyncClient sync;

  public RunningSyncBeside(CheckpointStore store, SyncClient sync) {
    this.store = store;
    this.sync = sync;
  }

  @Override
  public boolean isRunning() throws Fault {
    return LeaseHolder.of(store).isPresent();
  }

  @Override
  public boolean isCopying(String table) throws Fault {
    return stored(table).filter(of -> of.phase() != Phase.COPIED && !of.beside()).isPresent();
  }

  @Override
  public boolean isCopyingAgain(String table) throws Fault {
    return stored(table).filter(OfTable::beside).isPresent();
  }

  private Optional<OfTable> stored(String table) throws Fault {
    for (CheckpointEntry entry : store.load()) {
      if (entry instanceof OfTable of && of.table().equals(table)) {
        return Optional.of(of);
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<Duration> lag(String table) {
    try {
      for (JsonNode each : sync.status().path("tables")) {
        JsonNode lag = each.path("lag_seconds");
        if (each.path("name").asText().equals(table) && lag.isNumber()) {
          return Optional.of(Duration.ofMillis((long) (lag.asDouble() * 1000)));
        }
      }
      return Optional.empty();
    } catch (NoSuchSyncException e) {
      return switch (e.reason()) {
        case NOT_RUNNING, REFUSED -> Optional.empty();
        // A sync that is too busy to answer may be far behind.
        case BUSY -> Optional.of(ChronoUnit.FOREVER.getDuration());
      };
    }
  }

  @Override
  public Changed changed(String table, Instant since, KeySink sink) throws Fault {
    long keys = 0;
    Instant remembered = since;
    try {
      JsonNode part = sync.get(CHANGED + table + "&since=" + since);
      long end = part.path("end").asLong();
      while (true) {
        Instant from = Instant.parse(part.path("since").asText());
        remembered = from.isAfter(remembered) ? from : remembered;
        for (JsonNode key : part.path("keys")) {
          sink.take(new ItemKey(Slice.of(Base64.getDecoder().decode(key.asText()))));
          keys++;
        }
        long next = part.path("next").asLong();
        if (next >= end || part.path("keys").isEmpty()) {
          return new Changed(keys, remembered);
        }
        part = sync.get(CHANGED + table + "&from=" + next);
      }
    } catch (NoSuchSyncException e) {
      throw new Fault.Fatal("the keys that changed are not known: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
