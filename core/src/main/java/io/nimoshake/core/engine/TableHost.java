package io.nimoshake.core.engine;

import io.nimoshake.core.flow.SplitPipeline;
import io.nimoshake.core.flow.TableFlow;
import io.nimoshake.core.model.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What runs for one table. Used under the engine's lock, but for what is volatile. */
final class TableHost {
  final TableSchema schema;
  final TableFlow flow;
  final Map<String, SplitPipeline> running = new HashMap<>();
  boolean stopAsked;

  /** Whether its tombstones are being purged and its indexes built. */
  boolean finishing;

  /** Whether the store knows of this table. */
  volatile boolean recorded;

  TableHost(TableSchema schema, TableFlow flow) {
    this.schema = schema;
    this.flow = flow;
  }

  List<SplitPipeline> pipelines() {
    return new ArrayList<>(running.values());
  }
}
