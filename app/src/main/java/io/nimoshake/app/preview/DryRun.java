package io.nimoshake.app.preview;

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

  private DryRun(Preview preview) {
    this.preview = preview;
  }

  /**
   * Asks both sides.
   *
   * @throws StartUpException if a side does not answer or refuses our credentials
   */
  public static DryRun of(Configuration configuration) throws StartUpException {
    try (StartUp start = new SyncSetup(configuration).startUp()) {
      return new DryRun(new Previewer(configuration, start).look());
    }
  }

  /** Whether no permission is missing, as far as known. */
  public boolean isPermitted() {
    return preview.permitted();
  }

  public List<String> lines() {
    return PreviewText.lines(preview);
  }

  public String json() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(preview);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values", e);
    }
  }
}
