package io.nimoshake.setup.config;

import java.util.List;

/** Keys that belong together, under one heading. */
public record ConfigSection(String title, List<ConfigKey<?>> keys) {
  static ConfigSection of(String title, ConfigKey<?>... keys) {
    return new ConfigSection(title, List.of(keys));
  }
}
