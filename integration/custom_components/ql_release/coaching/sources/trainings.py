"""Data of an event or an entity become the report of a training."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template

from ...coach import RefusedError, TrainingReported, report_of
from .listening import Listening


class Trainings:
    """Makes reports for one source.

    Args:
        source: whose they are; it is told what cannot be taken.
        template: says whether data are a training, or what it was; None: the data say so.
        zone: of times that name none.
    """

    def __init__(self, source: Listening, template: str | None, zone: tzinfo) -> None:
        self._source = source
        self._zone = zone
        self._template = None if template is None else Template(template, source.hass)

    def take(
        self, data: Mapping[str, Any], at: datetime, **variables: Any
    ) -> TrainingReported | None:
        """Return what data say of a training; None: it is none, or cannot be read.

        Args:
            data: of the event or entity.
            at: when they came: where a template says that it is a training and no time is
                named, it ended then.
            variables: for the template.

        """
        try:
            found = self._rendered(data, at, variables)
            return None if found is None else TrainingReported(self._report(found))
        except TemplateError as error:
            self._source.async_complain(f"its template fails ({error}); correct it")
        except RefusedError as error:
            self._source.async_complain(str(error))
        return None

    def _report(self, data: Mapping[str, Any]) -> Any:
        return report_of(self._source.name, data, self._zone)

    def _rendered(
        self, data: Mapping[str, Any], at: datetime, variables: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        if self._template is None:
            return data
        result = self._template.async_render(dict(variables), parse_result=True)
        if isinstance(result, Mapping):
            more: Mapping[str, Any] = result
        elif isinstance(result, bool) or result in (None, ""):
            more = {}
        else:
            more = {"title": str(result)}
        if not result:
            return None
        told = {**data, **more}
        try:
            self._report(told)
        except RefusedError:
            told["end_time"] = at
        return told
