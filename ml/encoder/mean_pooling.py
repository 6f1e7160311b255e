"""A BERT that reads the mean of its tokens' vectors, as the E5 encoders do (Wang et al. 2024, arXiv 2402.05672).

Importing this module makes the family known to transformers' Auto classes.
"""

from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, BertConfig, BertModel, BertPreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput


class MeanPooledBertConfig(BertConfig):  # type: ignore[misc] # transformers has no types
    """A BERT configuration whose classifier reads the mean."""

    model_type = "mean-pooled-bert"


class MeanPooledBertForSequenceClassification(BertPreTrainedModel):  # type: ignore[misc]
    """BERT, the mean over the tokens of a window that are no padding, dropout, one linear layer."""

    config_class = MeanPooledBertConfig

    def __init__(self, config: MeanPooledBertConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        dropout = config.classifier_dropout
        self.dropout = nn.Dropout(config.hidden_dropout_prob if dropout is None else dropout)
        self.classifier = nn.Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **unused: Any
    ) -> SequenceClassifierOutput:
        """Logits (windows, labels) of token ids and attention mask, both (windows, tokens)."""
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        return SequenceClassifierOutput(logits=self.classifier(self.dropout(mean)))


AutoConfig.register(MeanPooledBertConfig.model_type, MeanPooledBertConfig)
AutoModelForSequenceClassification.register(MeanPooledBertConfig, MeanPooledBertForSequenceClassification)
