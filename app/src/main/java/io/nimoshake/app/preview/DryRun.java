package io.nimoshake.app.preview;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.config.Configuration;
import java.util.List;

/** The result of {@code plan}, as lines for people or as JSON for programs. */
public final class DryRun {
  private final Preview preview;
  private final List<MappingPreview> mapping;

  private DryRun(Preview preview, List<MappingPreview> mapping) {
    this.preview = preview;
    this.mapping = mapping;
  }

  /**
   * Asks both sides.
   *
   * @param sample how many items of each table to try the mapping with, if there is one
   * @throws StartUpException if a side does not answer or refuses our credentials
   */
  public static DryRun of(Configuration configuration, int sample) throws StartUpException {
    SyncSetup setup = new SyncSetup(configuration);
    try (StartUp start = setup.startUp()) {
      Preview preview = new Previewer(configuration, start).look();
      MappingPreviewer.Samples samples =
          MappingPreviewer.look(
              setup, start, SourceTables.given(configuration), preview.tableNames(), sample);
      return new DryRun(preview.withWarnings(samples.warnings()), samples.tables());
    }
  }

  /** Whether no permission is missing, as far as known. */
  public boolean isPermitted() {
    return preview.permitted();
  }

  public List<String> lines() {
    List<String> lines = PreviewText.lines(preview);
    PreviewText.section(
        lines,
        "Mapping, tried with a sample",
        mapping.stream().flatMap(table -> MappingPreviewer.lines(table).stream()).toList());
    return lines;
  }

  /** The answer of {@code plan --json}. */
  private record Whole(@JsonUnwrapped Preview preview, List<MappingPreview> mapping) {}

  public String json() {
    try {
      return new ObjectMapper()
          .writerWithDefaultPrettyPrinter()
          .writeValueAsString(new Whole(preview, mapping));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values", e);
    }
  }
}
