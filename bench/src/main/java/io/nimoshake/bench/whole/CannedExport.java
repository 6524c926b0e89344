package io.nimoshake.bench.whole;

import io.nimoshake.bench.items.SampleItems;
import io.nimoshake.testkit.canned.CannedTable;
import io.nimoshake.testkit.export.ExportDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An export that is one data file, as often as it is needed: its manifest names the same file again
 * and again. So an export of any size is made at once, and reading it does not depend on the disk.
 *
 * @param manifests the directory of the manifests
 * @param file the data file
 * @param files how often the manifest names it
 */
record CannedExport(Path manifests, Path file, int files) {
  static final int ITEMS_A_FILE = 25_000;

  private static final int TEMPLATES = 50;

  long items() {
    return (long) ITEMS_A_FILE * files;
  }

  /**
   * Writes one.
   *
   * @param table name of the table
   * @param kind of the items, see {@link SampleItems}
   */
  static CannedExport write(Path directory, String table, String kind, int files)
      throws IOException {
    List<String> templates = SampleItems.of(kind, "item-" + CannedTable.NUMBER, TEMPLATES);
    List<String> items =
        IntStream.range(0, ITEMS_A_FILE)
            .mapToObj(
                i ->
                    templates
                        .get(i % TEMPLATES)
                        .replace(CannedTable.NUMBER, String.format("%09d", i)))
            .toList();
    Path manifests = ExportDirectory.write(directory, table, Instant.now(), List.of(items));
    Path list = manifests.resolve("manifest-files.json");
    Files.write(list, Collections.nCopies(files, Files.readString(list).strip()));
    Path summary = manifests.resolve("manifest-summary.json");
    Files.writeString(
        summary,
        Files.readString(summary)
            .replace(
                "\"itemCount\":" + ITEMS_A_FILE, "\"itemCount\":" + (long) ITEMS_A_FILE * files)
            // The canned source does not tell the id of its table.
            .replaceFirst("\"tableId\":\"[^\"]*\",", ""));
    try (var data = Files.list(manifests.resolve("data"))) {
      return new CannedExport(manifests, data.findFirst().orElseThrow(), files);
    }
  }
}
