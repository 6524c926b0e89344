package io.nimoshake.setup.config;

import java.util.List;

/** A group of keys with a heading. */
public record ConfigSection(String title, List<ConfigKey<?>> keys) {
  static ConfigSection of(String title, ConfigKey<?>... keys) {
    return new ConfigSection(title, List.of(keys));
  }
}
