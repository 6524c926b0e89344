package io.nimoshake.plugin;

import java.util.Optional;

/**
 * A mapping that is written in Java ({@code mapping.plugin}). The class is public and has a public
 * constructor without parameters. nimo-shake makes as many instances as it needs.
 *
 * <p>A plug-in is a pure function: the same table and the same item always give the same answer, in
 * every process, today and after an upgrade of the plug-in. It reads no clock, no random numbers,
 * no files and no network. The order of attributes may differ when an item is read again; the
 * elements of a set are sorted ({@link Item}). {@link
 * io.nimoshake.plugin.contract.PluginConformance} tests this.
 */
public interface MappingPlugin {
  /**
   * Returns what happens to the items of a table. Called at least once for every table that is
   * synced. If it throws, the table fails.
   *
   * @return empty if the items go, as they are, to the collection that has the name of the table
   */
  Optional<TableMapper> table(Table table);
}
