package io.nimoshake.setup.config;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.plugin.PluginJars;
import io.nimoshake.mapping.plugin.PluginMapping;
import io.nimoshake.mapping.yaml.MappingException;
import java.nio.file.Path;

/**
 * Which class maps items, and where its jars are.
 *
 * @param jars the directory of the jars, or what {@link PluginJars#asText} has made of them on
 *     another machine
 */
public record PluginClass(String name, String jars) {
  /** The installation. The launcher sets it; without it, the working directory stands for it. */
  private static final String HOME = "nimoshake.home";

  /** The plug-in of a configuration that has one. */
  public static PluginClass of(Configuration configuration) {
    return new PluginClass(
        configuration.get(TargetKeys.MAPPING_PLUGIN),
        configuration
            .find(TargetKeys.MAPPING_PLUGIN_DIRECTORY)
            .orElseGet(() -> Path.of(System.getProperty(HOME, "")).resolve("plugins").toString()));
  }

  /**
   * Loads the plug-in.
   *
   * @param names how attributes are named in documents
   * @throws MappingException if there is no such class, or it is no plug-in
   */
  public PluginMapping load(FieldNames names) throws MappingException {
    return PluginMapping.load(name, read(), names);
  }

  private PluginJars read() throws MappingException {
    return PluginJars.isText(jars) ? PluginJars.ofText(jars) : PluginJars.in(Path.of(jars));
  }

  /** A value of the key of the directory that is the same on every machine. */
  String withJars() {
    try {
      return read().asText();
    } catch (MappingException e) {
      throw new IllegalStateException("the plug-in was loaded with the configuration", e);
    }
  }
}
