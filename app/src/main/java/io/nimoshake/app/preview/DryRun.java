package io.nimoshake.app.preview;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.config.Configuration;
import java.util.List;

/** What a sync would do, to be shown. */
public final class DryRun {
  private final Preview preview;

  private DryRun(Preview preview) {
    this.preview = preview;
  }

  /**
   * Looks at both sides.
   *
   * @throws Fault if one of them does not answer or does not let us in
   */
  public static DryRun of(Configuration configuration) throws Fault {
    return new DryRun(new Previewer(configuration).look());
  }

  /** Whether no permission is known to be missing. */
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
