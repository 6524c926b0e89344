package io.nimoshake.setup.config;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.plugin.PluginMapping;
import io.nimoshake.mapping.yaml.MappingException;
import java.nio.file.Path;

/**
 * Which class maps items, and where its jars are.
 *
 * @param directory of the jars
 */
public record PluginClass(String name, Path directory) {
  /** The installation. The launcher sets it; without it, the working directory stands for it. */
  private static final String HOME = "nimoshake.home";

  /** The plug-in of a configuration that has one. */
  public static PluginClass of(Configuration configuration) {
    return new PluginClass(
        configuration.get(TargetKeys.MAPPING_PLUGIN),
        configuration
            .find(TargetKeys.MAPPING_PLUGIN_DIRECTORY)
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty(HOME, "")).resolve("plugins")));
  }

  /**
   * Loads the plug-in.
   *
   * @param names how attributes are named in documents
   * @throws MappingException if there is no such class, or it is no plug-in
   */
  public PluginMapping load(FieldNames names) throws MappingException {
    return PluginMapping.load(name, directory, names);
  }
}
