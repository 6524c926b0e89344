package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The exports that the user gave. Reads each manifest once. Thread-safe. */
public final class Exports {
  /** Tables are copied by Scan. */
  public static final Exports NONE = new Exports(List.of());

  private static final String SUMMARY = "/manifest-summary.json";

  private final List<String> given;
  private final Map<String, TableExport> read = new ConcurrentHashMap<>();

  /**
   * Reads nothing yet.
   *
   * @param given local directories with the manifests of an export; or paths of their {@code
   *     manifest-summary.json}
   */
  public Exports(List<String> given) {
    this.given = given.stream().map(Exports::directory).toList();
  }

  private static String directory(String manifest) {
    return manifest.endsWith(SUMMARY)
        ? manifest.substring(0, manifest.length() - SUMMARY.length())
        : manifest;
  }

  /** Whether there are any. Then every table is copied from its export. */
  public boolean isEmpty() {
    return given.isEmpty();
  }

  /**
   * The export of a table.
   *
   * @throws Fault.TableFailed if there is none, or more than one
   */
  public TableExport of(String table) throws Fault {
    Optional<TableExport> found = Optional.empty();
    for (String location : given) {
      TableExport export = at(location);
      if (export.table().equals(table)) {
        if (found.isPresent()) {
          throw new Fault.TableFailed(
              "table "
                  + table
                  + " has two exports: "
                  + found.get().store().location()
                  + " and "
                  + location,
              null);
        }
        found = Optional.of(export);
      }
    }
    return found.orElseThrow(
        () -> new Fault.TableFailed("no export of table " + table + " is given", null));
  }

  /** The export with its manifests in this place. */
  public TableExport at(String location) throws Fault {
    TableExport known = read.get(location);
    if (known == null) {
      known = TableExport.read(new LocalExport(Path.of(location)));
      read.put(location, known);
    }
    return known;
  }
}
