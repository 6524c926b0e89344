package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import java.util.List;
import java.util.Optional;

/** What {@code plan} asks a target. Changes nothing. */
interface TargetPreview extends AutoCloseable {
  /** What the target has for a table. */
  record Holding(long documents, String description) {}

  /** The kind of database. */
  String kind();

  /** The database or endpoint that receives the tables. */
  String database();

  /** The version of the server; null if it has none, or none is known. */
  default String version() throws Fault {
    return null;
  }

  /** Whether it is a sharded cluster; null if that does not apply. */
  default Boolean sharded() throws Fault {
    return null;
  }

  /** What the target has for a table; empty if it has nothing. */
  Optional<Holding> holding(TableSchema table) throws Fault;

  /** Why what is there cannot hold the table; empty if it can, or if nothing is there. */
  default Optional<String> whyUnfit(TableSchema table) throws Fault {
    return Optional.empty();
  }

  /** Whether a copy can write into what is there. */
  default boolean merges() {
    return true;
  }

  /** How a new table is created, as the end of a sentence. */
  String madeAs();

  List<Permission> permissions() throws Fault;

  /** Why a sync with these options would refuse to start; empty if it would not. */
  default Optional<String> refusal(SyncOptions options) throws Fault {
    return Optional.empty();
  }

  @Override
  void close();
}
