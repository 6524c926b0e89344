package io.nimoshake.setup.config;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.mapping.plugin.PluginJars;
import io.nimoshake.mapping.plugin.PluginMapping;
import io.nimoshake.mapping.yaml.MappingException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which class maps items, and where its jars are. The jars are read once, with the configuration,
 * and the class is loaded once: what is in the directory later does not count before the next
 * start. Safe for use by many threads.
 */
public final class PluginClass {
  /** The installation. The launcher sets it; without it, the working directory stands for it. */
  private static final String HOME = "nimoshake.home";

  private final String name;

  /**
   * The directory of the jars, or what {@link PluginJars#asText} has made of them on another
   * machine.
   */
  private final String place;

  private Optional<PluginJars> jars = Optional.empty();
  private Optional<PluginMapping> loaded = Optional.empty();

  PluginClass(String name, Optional<String> directory) {
    this.name = name;
    this.place =
        directory.orElseGet(
            () -> Path.of(System.getProperty(HOME, "")).resolve("plugins").toString());
  }

  /**
   * The mapping that the class makes.
   *
   * @param names how attributes are named in documents
   * @throws MappingException if there is no such class, or it is no plug-in
   */
  public synchronized PluginMapping load(FieldNames names) throws MappingException {
    if (loaded.isEmpty()) {
      loaded = Optional.of(PluginMapping.load(name, jars(), names));
    }
    return loaded.get().withNames(names);
  }

  private PluginJars jars() throws MappingException {
    if (jars.isEmpty()) {
      jars =
          Optional.of(
              PluginJars.isText(place) ? PluginJars.ofText(place) : PluginJars.in(Path.of(place)));
    }
    return jars.get();
  }

  /** A value of the key of the directory that is the same on every machine. */
  synchronized String withJars() {
    try {
      return jars().asText();
    } catch (MappingException e) {
      throw new IllegalStateException(
          "the jars were read with the configuration: " + e.getMessage(), e);
    }
  }
}
