package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import java.util.List;
import java.util.Optional;

/** What is to be known of a target before a sync. Asks, and changes nothing. */
interface TargetPreview extends AutoCloseable {
  /** What is in a table's place now. */
  record Holding(long documents, String description) {}

  /** What kind of database it is. */
  String kind();

  /** Where in it tables go. */
  String database();

  /** Of the server; null if there is nothing to say. */
  String version() throws Fault;

  /** Whether it is a sharded cluster; null if that means nothing there. */
  Boolean sharded() throws Fault;

  /** What is there for a table; empty if nothing is. */
  Optional<Holding> holding(TableSchema table) throws Fault;

  /** What a table looks like that is made. */
  String madeAs();

  List<Permission> permissions() throws Fault;

  @Override
  void close();
}
