package io.nimoshake.app.preview;

import io.nimoshake.app.program.Text;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.ReadOptions;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUp.Server;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tries the mapping with samples of tables, for {@code plan}. Costs reads, and changes nothing. */
final class MappingPreviewer {
  private static final int MOST_EXAMPLE_LETTERS = 300;

  private MappingPreviewer() {}

  /**
   * @param tables one for each table that was sampled
   * @param warnings what a sync with this mapping would do that the user may not want
   */
  record Samples(List<MappingPreview> tables, List<String> warnings) {}

  /**
   * Samples the tables that the mapping says something about.
   *
   * @param given tables that are described by the configuration; then the source is not asked
   * @param sample how many items of each table; 0 for none
   * @throws StartUpException if the source cannot be set up
   */
  static Samples look(
      SyncSetup setup,
      StartUp start,
      Map<String, TableSchema> given,
      List<String> tables,
      int sample)
      throws StartUpException {
    Mapping mapping = setup.mapping();
    List<MappingPreview> previews = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    if (mapping == Mapping.NONE) {
      return new Samples(previews, warnings);
    }
    ReadOptions read = setup.readOptions().withScanLimit(MappingSample.itemsAPart(sample));
    List<TableSchema> schemas = new ArrayList<>(given.values());
    if (!given.isEmpty()) {
      warnings.add("the mapping was not tried with a sample: no call is made to the source");
      setup
          .mappingProblems(schemas)
          .forEach(problem -> warnings.add("the sync would refuse to start: " + problem));
      return new Samples(previews, warnings);
    }
    try (DynamoSource source =
        start.call(Server.SOURCE, "setting up the source", () -> setup.itemSource(read))) {
      for (String name : tables) {
        try {
          TableSchema table =
              start.call(Server.SOURCE, "looking at table " + name, () -> source.describe(name));
          schemas.add(table);
          if (sample > 0 && isUsable(setup, mapping, table)) {
            previews.add(
                start.call(
                    Server.SOURCE,
                    "reading a sample of table " + name,
                    () -> new MappingSample(setup, table).take(source, table, sample)));
          }
        } catch (StartUpException e) {
          warnings.add("the mapping of " + name + " was not tried: " + e.getMessage());
        }
      }
    }
    setup
        .mappingProblems(schemas)
        .forEach(problem -> warnings.add("the sync would refuse to start: " + problem));
    previews.forEach(preview -> warnings.addAll(warnings(preview)));
    return new Samples(previews, warnings);
  }

  private static boolean isUsable(SyncSetup setup, Mapping mapping, TableSchema table) {
    return setup.mappingProblems(List.of(table)).isEmpty() && mapping.of(table).isPresent();
  }

  /** Lines for a person. */
  static List<String> lines(MappingPreview preview) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %s sampled, which cost %,.1f read units",
            preview.table(),
            Text.count(preview.sampled(), "item"),
            preview.readUnits()));
    for (MappingPreview.OfRule rule : preview.rules()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "    %,7d  %s -> %s%s",
              rule.matched(),
              rule.rule(),
              rule.becomes(),
              rule.otherwise() ? " (no other rule matched)" : ""));
      if (rule.before() != null) {
        lines.add("             before: " + shortened(rule.before()));
        lines.add(
            "             after:  "
                + (rule.after() == null ? "no document" : shortened(rule.after())));
      }
    }
    preview.rejected().forEach(reason -> lines.add(line("rejected", reason)));
    preview.failed().forEach(reason -> lines.add(line("not converted", reason)));
    return lines;
  }

  private static String line(String what, MappingPreview.Reason reason) {
    return String.format(
        Locale.ROOT,
        "    %s: %s: %s, such as %s",
        what,
        Text.count(reason.items(), "item"),
        reason.reason(),
        shortened(reason.item()));
  }

  static List<String> warnings(MappingPreview preview) {
    List<String> warnings = new ArrayList<>();
    int rejected = preview.rejected().stream().mapToInt(MappingPreview.Reason::items).sum();
    if (rejected > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%s: %,d of %s would be rejected by the conversion or the mapping",
              preview.table(),
              rejected,
              Text.count(preview.sampled(), "sampled item")));
    }
    for (MappingPreview.OfRule rule : preview.rules()) {
      if (preview.sampled() > 0 && rule.matched() == 0 && !rule.otherwise()) {
        warnings.add(preview.table() + ": " + rule.rule() + " matches no item of the sample");
      }
    }
    return warnings;
  }

  private static String shortened(String json) {
    return json.length() <= MOST_EXAMPLE_LETTERS
        ? json
        : json.substring(0, MOST_EXAMPLE_LETTERS) + " ...";
  }
}
