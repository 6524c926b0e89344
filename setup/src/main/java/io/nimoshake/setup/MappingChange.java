package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.OfMapping;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.Rule;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.mapping.yaml.MappingReader;
import io.nimoshake.setup.StartUp.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the mapping with the one by which a sync has begun. Documents of both would lie side by
 * side, so a sync does not go on with another mapping for a table that is in its checkpoint. New
 * tables, comments and the order of tables that do not overlap may change at any time.
 */
public final class MappingChange {
  private static final Logger LOG = LoggerFactory.getLogger(MappingChange.class);

  private final StartUp start;
  private final SyncSetup setup;
  private final Source source;
  private final Target target;

  /**
   * @param start makes the calls
   */
  public MappingChange(StartUp start, SyncSetup setup, Source source, Target target) {
    this.start = start;
    this.setup = setup;
    this.source = source;
    this.target = target;
  }

  /**
   * Saves the mapping of a sync that begins. Checks it where a sync goes on.
   *
   * @param fence the fencing number of our lease
   * @throws StartUpException if the mapping of a table has changed
   */
  public void carryOut(CheckpointStore store, long fence) throws StartUpException {
    List<CheckpointEntry> entries =
        start.call(Server.CHECKPOINT, "loading the checkpoint", store::load);
    String before = "";
    List<OfTable> begun = new ArrayList<>();
    for (CheckpointEntry entry : entries) {
      if (entry instanceof OfMapping mapping) {
        before = mapping.text();
      } else if (entry instanceof OfTable table) {
        begun.add(table);
      }
    }
    String now = setup.mappingText();
    if (now.equals(before)) {
      return;
    }
    compare(before, now, begun);
    start.run(
        Server.CHECKPOINT,
        "saving the mapping",
        () -> store.save(fence, List.of(new OfMapping(now))));
  }

  private void compare(String before, String now, List<OfTable> begun) throws StartUpException {
    List<OfTable> changed = new ArrayList<>();
    boolean onlyAdds = true;
    for (OfTable table : begun) {
      Optional<MappingRules> old = rules(before);
      Optional<MappingRules> next = rules(now);
      if (old.isEmpty() || next.isEmpty()) {
        changed.add(table);
        onlyAdds = false;
      } else if (!isSame(old.get(), next.get(), table.table())) {
        changed.add(table);
        onlyAdds &= onlyAddsIndexes(old.get(), next.get(), table.table());
      }
    }
    if (changed.isEmpty()) {
      return;
    }
    if (setup.options().mode() == SyncOptions.Mode.BACK) {
      throw StartUpException.refused(refusalOfWayBack(before, now, changed), null);
    }
    if (!onlyAdds || !setup.acceptsMapping()) {
      throw StartUpException.refused(refusal(before, now, changed, onlyAdds), null);
    }
    for (OfTable table : changed) {
      // An earlier phase builds the indexes at its end.
      if (table.phase().isCopied() || table.phase() == Phase.SWAPPING) {
        LOG.info("table {}: building the indexes that the mapping has got", table.table());
        TableSchema schema =
            start.call(
                Server.SOURCE,
                "describing table " + table.table(),
                () -> source.describe(table.table()));
        start.run(
            Server.TARGET,
            "building the indexes of table " + table.table(),
            () -> {
              target.prepare(
                  schema,
                  table.phase() == Phase.SWAPPING ? Existing.RESUME_BESIDE : Existing.RESUME);
              target.finish(schema);
            });
      }
    }
  }

  /** Empty where nobody can tell what a mapping does: it is a plug-in. */
  private static Optional<MappingRules> rules(String text) {
    if (text.isEmpty()) {
      return Optional.of(new MappingRules(List.of()));
    }
    try {
      return Optional.of(MappingReader.read("the mapping", text));
    } catch (MappingException e) {
      // Not a file, or one of a later version: it is another mapping.
      return Optional.empty();
    }
  }

  private static boolean isSame(MappingRules before, MappingRules now, String table) {
    List<Rule> old = rulesOf(before, table);
    List<Rule> next = rulesOf(now, table);
    boolean same = before.of(table).isPresent() == now.of(table).isPresent();
    for (int i = 0; same && i < Math.max(old.size(), next.size()); i++) {
      same = i < old.size() && i < next.size() && old.get(i).isSameAs(next.get(i));
    }
    return same;
  }

  private static boolean onlyAddsIndexes(MappingRules before, MappingRules now, String table) {
    List<Rule> old = rulesOf(before, table);
    List<Rule> next = rulesOf(now, table);
    boolean only = !old.isEmpty() && old.size() == next.size();
    for (int i = 0; only && i < old.size(); i++) {
      only = old.get(i).isSameWithFewerIndexesThan(next.get(i));
    }
    return only;
  }

  private static List<Rule> rulesOf(MappingRules mapping, String table) {
    return mapping.of(table).map(rules -> rules.of(table)).orElse(List.of());
  }

  /** Nothing is built in MongoDB on the way back, so not even another index is accepted. */
  private static String refusalOfWayBack(String before, String now, List<OfTable> changed) {
    return "the mapping has changed since the cut-over for tables "
        + names(changed)
        + "\n"
        + String.join("\n", LineDifference.of(before, now))
        + "\nThe way back needs the mapping by which the documents were made: go back to it."
        + " Create further indexes in MongoDB yourself.";
  }

  private static String names(List<OfTable> tables) {
    return String.join(", ", tables.stream().map(OfTable::table).toList());
  }

  private static String refusal(
      String before, String now, List<OfTable> changed, boolean onlyAdds) {
    return "the mapping has changed for tables that are copied already: "
        + names(changed)
        + "\n"
        + String.join("\n", LineDifference.of(before, now))
        + "\nGo back to the former mapping, or copy again: use another id, or remove the checkpoint"
        + " and set target.db.exist = drop or rename."
        + (onlyAdds
            ? " Or, because it only adds indexes, start once with --accept-mapping: they are built."
            : " A change that only adds indexes could be accepted by --accept-mapping; this one"
                + " does more.");
  }
}
